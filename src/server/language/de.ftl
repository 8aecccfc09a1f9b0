### What customers read, in German. Customers are addressed as "Sie".

## The review page

review-title = { $project } bewerten
review-heading = Wie war Ihr Besuch bei { $place }?
review-greeting = Hallo { $name },
review-introduction = Ihre ehrliche Meinung hilft uns und allen, die nach Ihnen kommen.
review-rating = Ihre Bewertung
# For screen readers: the number of stars with its meaning.
review-star = { $number ->
    [one] { $number } Stern, { $meaning }
   *[other] { $number } Sterne, { $meaning }
}
rating-1 = Schlecht
rating-2 = Mäßig
rating-3 = Gut
rating-4 = Sehr gut
rating-5 = Ausgezeichnet
review-text = Was möchten Sie uns dazu sagen? (freiwillig)
review-send = Bewertung absenden
wrong-rating = Bitte wählen Sie einen bis fünf Sterne.
wrong-text-length = Ihre Bewertung hat { $length } Zeichen, möglich sind höchstens { $most }.
wrong-text = Ihre Bewertung enthält Zeichen, die sich nicht speichern lassen. Bitte schreiben Sie sie als einfachen Text.

## After the review

thanks-heading = Vielen Dank
thanks-heading-name = Vielen Dank, { $name }
thanks-good = Schön, dass es Ihnen gefallen hat. { $project } freut sich darauf, Sie wiederzusehen.
thanks-fair = Bei { $project } wird jede Bewertung gelesen. Ihre hilft uns, besser zu werden.
thanks-poor = Es tut uns leid, dass es nicht besser war. Bei { $project } wird jede Bewertung gelesen, und Ihre nehmen wir uns zu Herzen.
stars = { $number } von 5 Sternen
sites-heading = Möchten Sie auch anderen davon erzählen?
new-tab = (öffnet sich in einem neuen Tab)
close = Sie können diese Seite jetzt schließen.
left-heading = Sie haben bereits eine Bewertung abgegeben
left-sentence = { $project } hat sie erhalten. Vielen Dank, dass Sie sich die Zeit genommen haben.

## Links that do not work

expired-heading = Dieser Link ist abgelaufen
expired-sentence = { $project } hat Sie vor einiger Zeit um Ihre Meinung gebeten. Wenn Sie sie noch mitteilen möchten, antworten Sie bitte auf die Nachricht. Sie erhalten dann einen neuen Link.
lost-heading = Dieser Link funktioniert nicht
lost-sentence = Vielleicht ist er unvollständig, oder die Nachricht dazu wurde gelöscht. Bitte öffnen Sie den Link in der Nachricht noch einmal. Wenn das nicht hilft, antworten Sie auf die Nachricht und sagen Sie uns Bescheid.

many-heading = Bitte warten Sie einen Moment
many-sentence = Diese Seite wurde in kurzer Zeit zu oft geöffnet. Bitte versuchen Sie es in einer Minute noch einmal.
trouble-heading = Da ist etwas schiefgegangen
trouble-sentence = Das liegt an uns, nicht an Ihnen. Bitte versuchen Sie es in ein paar Minuten noch einmal.
trouble-reference = Fehlernummer: { $reference }

## The page to unsubscribe

unsubscribe-heading = Abmelden
unsubscribe-sentence = Sie erhalten dann keine Bewertungsanfragen von { $project } mehr, weder per E-Mail noch per SMS.
unsubscribe-button = Abmelden
unsubscribed-heading = Sie sind abgemeldet
unsubscribed-sentence = Sie erhalten keine Bewertungsanfragen von { $project } mehr, weder per E-Mail noch per SMS.

## The layout of emails

email-button = Bewertung abgeben
email-why = Sie erhalten diese E-Mail, weil Sie zur Kundschaft von { $project_name } gehören.
email-unsubscribe = Abmelden
email-way-out = Keine Nachrichten mehr von uns: { $unsubscribe_link }

## Answers to an SMS. Each character outside of GSM-7 would more than double their price.

sms-stop = { $project }: Sie sind abgemeldet und erhalten keine Nachrichten mehr von uns. Antworten Sie mit START, um wieder welche zu erhalten.
sms-start = { $project }: Sie erhalten wieder Nachrichten von uns. Antworten Sie mit STOP, um sich abzumelden.
sms-help = { $project }: Wir fragen Sie per SMS, wie Ihr Besuch war, höchstens einige Male. Es können Kosten für SMS und Daten anfallen. Antworten Sie mit STOP, um sich abzumelden.

## The default templates

request-subject = Wie war Ihr Besuch bei { $project_name }?
request-email =
    Hallo { $first_name },

    vielen Dank, dass Sie sich für { $project_name } entschieden haben. Wie hat es Ihnen gefallen?

    Schon ein, zwei Sätze von Ihnen helfen anderen, uns zu finden, und zeigen unserem Team bei { $location_name }, was es beibehalten soll. Das dauert etwa eine Minute.

    { $review_link }

    Herzlichen Dank
    Ihr Team von { $project_name }

    Keine Nachrichten mehr von uns: { $unsubscribe_link }
reminder-subject = { $first_name }, dürfen wir fragen, wie es war?
reminder-email =
    Hallo { $first_name },

    vor ein paar Tagen haben wir Sie gefragt, wie es Ihnen bei { $project_name } gefallen hat. Wenn Sie eine Minute Zeit haben, würden wir uns immer noch sehr über Ihre Meinung freuen.

    { $review_link }

    Wenn Sie lieber nichts schreiben möchten, ist das auch in Ordnung.

    Herzliche Grüße
    Ihr Team von { $project_name }

    Keine Nachrichten mehr von uns: { $unsubscribe_link }
thanks-positive-subject = Vielen Dank, { $first_name }!
thanks-positive-email =
    Hallo { $first_name },

    über Ihre freundliche Bewertung haben wir uns sehr gefreut. Wir haben sie allen bei { $location_name } gezeigt.

    Wir freuen uns darauf, Sie wiederzusehen.

    Herzlichen Dank
    Ihr Team von { $project_name }

    Keine Nachrichten mehr von uns: { $unsubscribe_link }
thanks-negative-subject = Danke für Ihre offenen Worte, { $first_name }
thanks-negative-email =
    Hallo { $first_name },

    vielen Dank, dass Sie offen zu uns waren. Es tut uns leid, dass Ihr Besuch bei { $location_name } nicht so war, wie er hätte sein sollen.

    Wir lesen jedes Wort und möchten es wiedergutmachen: Antworten Sie einfach auf diese E-Mail.

    Mit freundlichen Grüßen
    Ihr Team von { $project_name }

    Keine Nachrichten mehr von uns: { $unsubscribe_link }

## Those for SMS, with characters of GSM-7 only

request-sms = Hallo { $first_name }, danke, dass Sie bei { $project_name } waren! Wie hat es Ihnen gefallen? { $review_link } { $opt_out }
reminder-sms = Hallo { $first_name }, { $project_name } würde sich immer noch über Ihre Meinung freuen: { $review_link } { $opt_out }
thanks-positive-sms = Vielen Dank für Ihre freundliche Bewertung, { $first_name }! Sie hat uns sehr gefreut. { $project_name } { $opt_out }
thanks-negative-sms = Danke für Ihre offenen Worte, { $first_name }. Es tut uns leid, wir werden es besser machen. { $project_name } { $opt_out }
opt-out-sms = Abmelden mit STOP.
opt-out-link-sms = Abmelden: { $unsubscribe_link }
