### What customers read, in French. Customers are addressed as "vous". Before ? ! : and ; stands a no-break space (U+00A0), but a
### usual one in SMS: GSM-7 has no other.

## The review page

review-title = Votre avis sur { $project }
review-heading = Comment s’est passée votre visite chez { $place } ?
review-greeting = Bonjour { $name },
review-introduction = Votre avis sincère nous est précieux, et il aidera celles et ceux qui viendront après vous.
review-rating = Votre note
# For screen readers: the number of stars with its meaning.
review-star = { $number ->
    [one] { $number } étoile, { $meaning }
   *[other] { $number } étoiles, { $meaning }
}
rating-1 = Mauvais
rating-2 = Moyen
rating-3 = Bien
rating-4 = Très bien
rating-5 = Excellent
review-text = Que souhaitez-vous nous dire ? (facultatif)
review-send = Envoyer mon avis
wrong-rating = Choisissez une note de 1 à 5 étoiles.
wrong-text-length = Votre avis compte { $length } caractères ; le maximum est de { $most }.
wrong-text = Votre avis contient des caractères qui ne peuvent pas être enregistrés. Veuillez l’écrire en texte simple.

## After the review

thanks-heading = Merci
thanks-heading-name = Merci { $name }
thanks-good = Nous sommes ravis que cela vous ait plu. Au plaisir de vous revoir chez { $project }.
thanks-fair = Chez { $project }, nous lisons tous les avis, et le vôtre nous aidera à progresser.
thanks-poor = Nous regrettons de ne pas avoir fait mieux. Chez { $project }, nous lisons tous les avis et nous tiendrons compte du vôtre.
stars = { $number ->
    [one] { $number } étoile sur 5
   *[other] { $number } étoiles sur 5
}
sites-heading = Voulez-vous aussi en parler à d’autres ?
new-tab = (s’ouvre dans un nouvel onglet)
close = Vous pouvez maintenant fermer cette page.
left-heading = Vous avez déjà donné votre avis
left-sentence = { $project } l’a bien reçu. Merci de nous avoir accordé ce moment.

## Links that do not work

expired-heading = Ce lien a expiré
expired-sentence = { $project } vous a demandé votre avis il y a quelque temps. Si vous souhaitez encore le donner, répondez au message : vous recevrez un nouveau lien.
lost-heading = Ce lien ne fonctionne pas
lost-sentence = Il est peut-être incomplet, ou le message qui le contenait a été supprimé. Ouvrez encore une fois le lien du message. Si cela ne change rien, répondez au message pour nous le signaler.

many-heading = Veuillez patienter un instant
many-sentence = Cette page a été ouverte trop souvent en peu de temps. Réessayez dans une minute.
trouble-heading = Un problème est survenu
trouble-sentence = Cela vient de nous, pas de vous. Réessayez dans quelques minutes.
trouble-reference = Référence : { $reference }

## The page to unsubscribe

unsubscribe-heading = Se désabonner
unsubscribe-sentence = Si vous confirmez, { $project } ne vous demandera plus votre avis, ni par e-mail ni par SMS.
unsubscribe-button = Me désabonner
unsubscribed-heading = Votre désabonnement est enregistré
unsubscribed-sentence = { $project } ne vous demandera plus votre avis, ni par e-mail ni par SMS.

## The layout of emails

email-button = Donner mon avis
email-why = { $project_name } vous envoie cet e-mail parce que vous faites partie de sa clientèle.
email-unsubscribe = Se désabonner
email-way-out = Ne plus recevoir nos messages : { $unsubscribe_link }

## Answers to an SMS. Each character outside of GSM-7 would more than double their price.

sms-stop = { $project } : vous ne recevrez plus de messages de notre part. Répondez START pour en recevoir de nouveau.
sms-start = { $project } : vous recevrez de nouveau nos messages. Répondez STOP pour vous désabonner.
sms-help = { $project } : nous vous demandons par SMS comment s'est passée votre visite, quelques fois au plus. Des frais de SMS et de données peuvent s'appliquer. Répondez STOP pour vous désabonner.

## The default templates

request-subject = Comment s’est passée votre visite chez { $project_name } ?
request-email =
    Bonjour { $first_name },

    Merci d’avoir choisi { $project_name }. Comment s’est passée votre visite ?

    Une ou deux phrases de votre part aident d’autres personnes à nous trouver, et disent à notre équipe chez { $location_name } ce qu’elle doit continuer à faire. Cela prend environ une minute.

    { $review_link }

    Merci d’avance,
    L’équipe { $project_name }

    Ne plus recevoir nos messages : { $unsubscribe_link }
reminder-subject = { $first_name }, pouvons-nous vous demander comment cela s’est passé ?
reminder-email =
    Bonjour { $first_name },

    Il y a quelques jours, nous vous avons demandé votre avis sur votre visite chez { $project_name }. Si vous avez une minute, nous serions toujours heureux de le connaître.

    { $review_link }

    Si vous préférez ne pas répondre, nous le comprenons très bien.

    Bien cordialement,
    L’équipe { $project_name }

    Ne plus recevoir nos messages : { $unsubscribe_link }
thanks-positive-subject = Merci { $first_name } !
thanks-positive-email =
    Bonjour { $first_name },

    Votre avis nous a fait très plaisir. Nous l’avons partagé avec toute l’équipe chez { $location_name }.

    Au plaisir de vous revoir.

    Merci encore,
    L’équipe { $project_name }

    Ne plus recevoir nos messages : { $unsubscribe_link }
thanks-negative-subject = Merci pour votre franchise, { $first_name }
thanks-negative-email =
    Bonjour { $first_name },

    Merci pour votre franchise. Nous sommes désolés que votre visite chez { $location_name } n’ait pas été à la hauteur de vos attentes.

    Nous lisons chaque mot et nous aimerions arranger les choses : il vous suffit de répondre à cet e-mail.

    Cordialement,
    L’équipe { $project_name }

    Ne plus recevoir nos messages : { $unsubscribe_link }

## Those for SMS, with characters of GSM-7 only

request-sms = Bonjour { $first_name }, merci d'avoir choisi { $project_name } ! Comment s'est passée votre visite ? { $review_link } { $opt_out }
reminder-sms = Bonjour { $first_name }, { $project_name } aimerait toujours savoir comment s'est passée votre visite : { $review_link } { $opt_out }
thanks-positive-sms = Merci pour votre avis, { $first_name } ! Il nous a fait très plaisir. { $project_name } { $opt_out }
thanks-negative-sms = Merci pour votre franchise, { $first_name }. Nous sommes désolés et nous ferons mieux. { $project_name } { $opt_out }
opt-out-sms = STOP pour se désabonner.
opt-out-link-sms = Se désabonner : { $unsubscribe_link }
