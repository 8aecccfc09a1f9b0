### What customers read, in English. The files of all languages hold the same messages with the same variables.

## The review page

review-title = Review { $project }
review-heading = How was your visit to { $place }?
review-greeting = Hello { $name },
review-introduction = Your honest opinion helps us, and everyone who comes after you.
review-rating = Your rating
# For screen readers: the number of stars with its meaning.
review-star = { $number ->
    [one] { $number } star, { $meaning }
   *[other] { $number } stars, { $meaning }
}
rating-1 = Poor
rating-2 = Fair
rating-3 = Good
rating-4 = Very good
rating-5 = Excellent
review-text = What would you like to say? (optional)
review-send = Send review
wrong-rating = Choose a rating from 1 to 5 stars.
wrong-text-length = Your review has { $length } characters; at most { $most } fit.
wrong-text = Your review must be plain text.

## After the review

thanks-heading = Thank you
thanks-heading-name = Thank you, { $name }
thanks-good = We are glad that you liked it. { $project } looks forward to seeing you again.
thanks-fair = { $project } reads every review, and yours will help us do better.
thanks-poor = We are sorry that it was not better. { $project } reads every review, and will take yours to heart.
stars = { $number } of 5 stars
sites-heading = Would you tell others, too?
new-tab = (opens in a new tab)
close = You can close this page now.
left-heading = You have already left a review
left-sentence = { $project } has received it. Thank you for taking the time.

## Links that do not work

expired-heading = This link has expired
expired-sentence = { $project } asked for your opinion a while ago. If you would still like to give it, reply to the message: you will get a new link.
lost-heading = This link does not work
lost-sentence = It may have been cut off, or its message was deleted. Open the link in the message once more. If that does not help, reply to the message and tell us.

many-heading = Please wait a moment
many-sentence = This page was opened too often in a short time. Try again in a minute.
trouble-heading = Something went wrong
trouble-sentence = It is our fault, not yours. Try again in a few minutes.
trouble-reference = Reference: { $reference }

## The page to unsubscribe

unsubscribe-heading = Unsubscribe
unsubscribe-sentence = You will get no more review requests from { $project }, neither by email nor by SMS.
unsubscribe-button = Unsubscribe
unsubscribed-heading = You are unsubscribed
unsubscribed-sentence = { $project } will send you no more review requests by email or SMS.

## The layout of emails

email-button = Leave a review
email-why = You receive this because you are a customer of { $project_name }.
email-unsubscribe = Unsubscribe
email-way-out = No more messages from us: { $unsubscribe_link }

## Answers to an SMS. Each character outside of GSM-7 would more than double their price.

sms-stop = { $project }: You are unsubscribed and will get no more messages from us. Reply START to get them again.
sms-start = { $project }: You will get messages from us again. Reply STOP to unsubscribe.
sms-help = { $project }: We text you to ask how your visit was, a few times at most. Message and data rates may apply. Reply STOP to unsubscribe.

## The default templates

request-subject = How was your visit to { $project_name }?
request-email =
    Hi { $first_name },

    Thank you for choosing { $project_name }. How did we do?

    A sentence or two from you helps others find us, and tells our team at { $location_name } what to keep doing. It takes about a minute.

    { $review_link }

    Thank you,
    Your team at { $project_name }

    No more messages from us: { $unsubscribe_link }
reminder-subject = { $first_name }, may we ask how it went?
reminder-email =
    Hi { $first_name },

    A few days ago we asked how you liked { $project_name }. If you have a minute, we would still love to hear it.

    { $review_link }

    If you would rather not, that is fine too.

    Warm regards,
    Your team at { $project_name }

    No more messages from us: { $unsubscribe_link }
thanks-positive-subject = Thank you, { $first_name }!
thanks-positive-email =
    Hi { $first_name },

    Your kind review made our day. We have shared it with everyone at { $location_name }.

    We look forward to seeing you again.

    Thank you,
    Your team at { $project_name }

    No more messages from us: { $unsubscribe_link }
thanks-negative-subject = Thank you for telling us, { $first_name }
thanks-negative-email =
    Hi { $first_name },

    Thank you for being open with us. We are sorry that your visit to { $location_name } was not what it should have been.

    We read every word, and we would like to put it right: simply reply to this email.

    Sincerely,
    Your team at { $project_name }

    No more messages from us: { $unsubscribe_link }

## Those for SMS, with characters of GSM-7 only

request-sms = Hi { $first_name }, thank you for choosing { $project_name }! How did we do? { $review_link } { $opt_out }
reminder-sms = Hi { $first_name }, { $project_name } would still love to hear how it went: { $review_link } { $opt_out }
thanks-positive-sms = Thank you for your kind review, { $first_name }! It made our day. { $project_name } { $opt_out }
thanks-negative-sms = Thank you for telling us, { $first_name }. We are sorry and will do better. { $project_name } { $opt_out }
opt-out-sms = Reply STOP to opt out.
opt-out-link-sms = No more messages: { $unsubscribe_link }
