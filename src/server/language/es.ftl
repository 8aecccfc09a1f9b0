### What customers read, in Spanish. Customers are addressed as "usted".

## The review page

review-title = Su opinión sobre { $project }
review-heading = ¿Qué tal su visita a { $place }?
review-greeting = Hola, { $name }:
review-introduction = Su opinión sincera nos ayuda, y también a quienes vengan después de usted.
review-rating = Su valoración
# For screen readers: the number of stars with its meaning.
review-star = { $number ->
    [one] { $number } estrella, { $meaning }
   *[other] { $number } estrellas, { $meaning }
}
rating-1 = Mala
rating-2 = Regular
rating-3 = Buena
rating-4 = Muy buena
rating-5 = Excelente
review-text = ¿Qué le gustaría contarnos? (opcional)
review-send = Enviar mi opinión
wrong-rating = Elija una valoración de 1 a 5 estrellas.
wrong-text-length = Su opinión tiene { $length } caracteres; el máximo es de { $most }.
wrong-text = Su opinión contiene caracteres que no se pueden guardar. Escríbala como texto sencillo.

## After the review

thanks-heading = Muchas gracias
thanks-heading-name = Muchas gracias, { $name }
thanks-good = Nos alegra que le haya gustado. Esperamos volver a verle pronto en { $project }.
thanks-fair = En { $project } leemos todas las opiniones, y la suya nos ayudará a mejorar.
thanks-poor = Sentimos no haberlo hecho mejor. En { $project } leemos todas las opiniones y tendremos muy en cuenta la suya.
stars = { $number } de 5 estrellas
sites-heading = ¿Quiere contárselo también a otras personas?
new-tab = (se abre en una pestaña nueva)
close = Ya puede cerrar esta página.
left-heading = Ya nos ha dado su opinión
left-sentence = { $project } la ha recibido. Gracias por dedicarnos su tiempo.

## Links that do not work

expired-heading = Este enlace ha caducado
expired-sentence = { $project } le pidió su opinión hace algún tiempo. Si todavía quiere darla, responda al mensaje y recibirá un enlace nuevo.
lost-heading = Este enlace no funciona
lost-sentence = Puede que esté incompleto o que su mensaje se haya eliminado. Abra otra vez el enlace del mensaje. Si sigue sin funcionar, responda al mensaje para avisarnos.

many-heading = Espere un momento, por favor
many-sentence = Esta página se ha abierto demasiadas veces en poco tiempo. Inténtelo de nuevo dentro de un minuto.
trouble-heading = Algo ha fallado
trouble-sentence = Es un problema nuestro, no suyo. Inténtelo de nuevo dentro de unos minutos.
trouble-reference = Código del error: { $reference }

## The page to unsubscribe

unsubscribe-heading = Darse de baja
unsubscribe-sentence = Si confirma, { $project } no volverá a pedirle su opinión, ni por correo electrónico ni por SMS.
unsubscribe-button = Darme de baja
unsubscribed-heading = Se ha dado de baja
unsubscribed-sentence = { $project } no volverá a pedirle su opinión, ni por correo electrónico ni por SMS.

## The layout of emails

email-button = Dejar mi opinión
email-why = Recibe este correo porque es cliente de { $project_name }.
email-unsubscribe = Darse de baja
email-way-out = Si no desea recibir más mensajes nuestros: { $unsubscribe_link }

## Answers to an SMS. Each character outside of GSM-7 would more than double their price: it has é and ñ, but not á, í, ó and ú.

sms-stop = { $project }: su baja queda registrada y no va a recibir otros mensajes nuestros. Responda START para volver a recibirlos.
sms-start = { $project }: va a recibir de nuevo nuestros mensajes. Responda STOP para darse de baja.
sms-help = { $project }: le preguntamos por SMS qué tal su visita, unas pocas veces como mucho. Se pueden aplicar tarifas de mensajes y datos. Responda STOP para darse de baja.

## The default templates

request-subject = ¿Qué tal su visita a { $project_name }?
request-email =
    Hola, { $first_name }:

    Gracias por elegir { $project_name }. ¿Qué le ha parecido?

    Una o dos frases suyas ayudan a otras personas a encontrarnos y le dicen a nuestro equipo de { $location_name } qué debe seguir haciendo. Le llevará más o menos un minuto.

    { $review_link }

    Muchas gracias,
    El equipo de { $project_name }

    Si no desea recibir más mensajes nuestros: { $unsubscribe_link }
reminder-subject = { $first_name }, ¿nos cuenta qué le pareció?
reminder-email =
    Hola, { $first_name }:

    Hace unos días le preguntamos qué le había parecido { $project_name }. Si tiene un minuto, nos sigue interesando mucho saberlo.

    { $review_link }

    Si prefiere no responder, no se preocupe.

    Un cordial saludo,
    El equipo de { $project_name }

    Si no desea recibir más mensajes nuestros: { $unsubscribe_link }
thanks-positive-subject = ¡Muchas gracias, { $first_name }!
thanks-positive-email =
    Hola, { $first_name }:

    Su amable opinión nos ha alegrado el día. La hemos compartido con todo el equipo de { $location_name }.

    Esperamos volver a verle pronto.

    Muchas gracias,
    El equipo de { $project_name }

    Si no desea recibir más mensajes nuestros: { $unsubscribe_link }
thanks-negative-subject = Gracias por su sinceridad, { $first_name }
thanks-negative-email =
    Hola, { $first_name }:

    Gracias por hablarnos con franqueza. Sentimos que su visita a { $location_name } no fuera como debía.

    Leemos cada palabra y nos gustaría arreglarlo: solo tiene que responder a este correo.

    Atentamente,
    El equipo de { $project_name }

    Si no desea recibir más mensajes nuestros: { $unsubscribe_link }

## Those for SMS, with characters of GSM-7 only

request-sms = Hola, { $first_name }: gracias por elegir { $project_name }. ¿Qué le ha parecido? { $review_link } { $opt_out }
reminder-sms = Hola, { $first_name }: en { $project_name } nos sigue interesando qué le ha parecido su visita: { $review_link } { $opt_out }
thanks-positive-sms = ¡Gracias por sus amables palabras, { $first_name }! Nos ha alegrado mucho. { $project_name } { $opt_out }
thanks-negative-sms = Gracias por su sinceridad, { $first_name }. Lo sentimos y vamos a mejorar. { $project_name } { $opt_out }
opt-out-sms = Responda STOP para darse de baja.
opt-out-link-sms = Darse de baja: { $unsubscribe_link }
