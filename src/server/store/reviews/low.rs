//! Reviews of one or two stars: those that nobody has dealt with yet, and the emails that tell members of them.

use crate::{
    domain::{
        AppResult, CustomerId, ProjectId, ReviewId, Timestamp, UserId,
        review::{LowReview, Rating},
        role::Role,
    },
    server::store::{
        Db,
        db::{Query, Tx},
        dialect,
        guard::{Operator, Viewer},
    },
};

/// For how long an email that is being sent is nobody else's, and is not tried again if the process is gone.
const LEASE: i64 = 10 * Timestamp::MINUTE;

/// Has an email tell each member who wants to know, but not who added the review.
pub(super) async fn raise(tx: &mut Tx, operator: &Operator, review: ReviewId, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "insert into review_alert (project_id, review_id, person_id, due_at)
         select s.project_id, $2, s.person_id, $3 from membership s
         where s.project_id = $1 and coalesce(s.low_ratings, case when s.role = $4 then 1 else 0 end) = 1
            and ($5 is null or s.person_id <> $5)",
    )
    .bind(operator.project)
    .bind(review)
    .bind(now)
    .bind(Role::Owner)
    .bind(operator.user)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether the member is told by email.
pub async fn is_told(viewer: &Viewer, member: UserId) -> AppResult<bool> {
    let told: Option<i32> = sqlx::query_scalar(
        "select cast(coalesce(low_ratings, case when role = $3 then 1 else 0 end) as integer) from membership
         where project_id = $1 and person_id = $2",
    )
    .bind(viewer.project)
    .bind(member)
    .bind(Role::Owner)
    .fetch_optional(viewer.db.read())
    .await?;
    Ok(told == Some(1))
}

pub async fn set_told(viewer: &Viewer, member: UserId, on: bool) -> AppResult<()> {
    let mut tx = viewer.db.begin_in(viewer.project).await?;
    sqlx::query("update membership set low_ratings = $1 where project_id = $2 and person_id = $3")
        .bind(i16::from(on))
        .bind(viewer.project)
        .bind(member)
        .execute(&mut *tx)
        .await?;
    viewer.db.commit(tx, viewer.project).await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Open {
    id: ReviewId,
    customer_id: CustomerId,
    name: String,
    rating: Rating,
    text: String,
    created_at: Timestamp,
}

/// Those that nobody has dealt with, newest first.
pub async fn open(viewer: &Viewer, limit: u32) -> AppResult<Vec<LowReview>> {
    let open: Vec<Open> = sqlx::query_as(
        "select v.id, v.customer_id, c.name, v.rating, v.text, v.created_at from review v
         join customer c on c.project_id = v.project_id and c.id = v.customer_id
         where v.project_id = $1 and v.is_open = 1 order by v.id desc limit $2",
    )
    .bind(viewer.project)
    .bind(i64::from(limit))
    .fetch_all(viewer.db.read())
    .await?;
    let review = |open: Open| LowReview {
        id: open.id,
        customer: open.customer_id,
        customer_name: open.name,
        rating: open.rating,
        text: open.text,
        created: viewer.local(open.created_at),
    };
    Ok(open.into_iter().map(review).collect())
}

/// Takes it from the list. False where it was not on it.
pub async fn settle(operator: &Operator, id: ReviewId) -> AppResult<bool> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let settled = sqlx::query("update review set is_open = 0 where project_id = $1 and id = $2 and is_open = 1")
        .bind(operator.project)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(settled.rows_affected() > 0)
}

/// An email that is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Claimed {
    project_id: ProjectId,
    review_id: ReviewId,
    person_id: UserId,
    /// How often it was tried, this time included.
    pub attempts: i32,
}

/// What an email tells, and whom.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Told {
    /// The member's.
    pub email: String,
    pub slug: String,
    pub project_name: String,
    pub time_zone: String,
    pub review_id: ReviewId,
    pub customer_id: CustomerId,
    pub customer_name: String,
    pub rating: Rating,
    /// Empty for stars alone.
    pub text: String,
    pub created_at: Timestamp,
}

/// Takes the email that is due for the longest time.
pub async fn claim(db: &Db, now: Timestamp) -> AppResult<Option<Claimed>> {
    let mut tx = db.begin().await?;
    let mut query = Query::new(
        "with due (project_id, review_id, person_id) as materialized (
            select m.project_id, m.review_id, m.person_id from review_alert m where m.due_at <= ",
    );
    query.push_bind(now).push(" order by m.due_at limit 1").push(dialect::SKIP_LOCKED);
    query.push(") update review_alert set attempts = attempts + 1, due_at = ").push_bind(now.plus(LEASE));
    query.push(
        " where (project_id, review_id, person_id) in (select due.project_id, due.review_id, due.person_id from due)
         returning project_id, review_id, person_id, attempts",
    );
    let claimed = query.build_query_as().fetch_optional(&mut *tx).await?;
    tx.commit().await?;
    Ok(claimed)
}

/// None where there is nobody to tell any more, or nothing: the member has left, or the customer's person was erased.
pub async fn told(db: &Db, claimed: &Claimed) -> AppResult<Option<Told>> {
    let told = sqlx::query_as(
        "select p.email, j.slug, j.name as project_name, j.time_zone, v.id as review_id, v.customer_id,
            c.name as customer_name, v.rating, v.text, v.created_at
         from review v
         join customer c on c.project_id = v.project_id and c.id = v.customer_id
         join project j on j.id = v.project_id
         join membership s on s.project_id = v.project_id and s.person_id = $3
         join person p on p.id = s.person_id
         where v.project_id = $1 and v.id = $2 and c.erased_at is null
            and coalesce(s.low_ratings, case when s.role = $4 then 1 else 0 end) = 1",
    )
    .bind(claimed.project_id)
    .bind(claimed.review_id)
    .bind(claimed.person_id)
    .bind(Role::Owner)
    .fetch_optional(db.read())
    .await?;
    Ok(told)
}

/// It was sent, or is not tried again.
pub async fn end(db: &Db, claimed: &Claimed) -> AppResult<()> {
    let mut tx = db.begin().await?;
    sqlx::query("delete from review_alert where project_id = $1 and review_id = $2 and person_id = $3")
        .bind(claimed.project_id)
        .bind(claimed.review_id)
        .bind(claimed.person_id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// It is tried again then.
pub async fn put_off(db: &Db, claimed: &Claimed, until: Timestamp) -> AppResult<()> {
    let mut tx = db.begin().await?;
    sqlx::query("update review_alert set due_at = $4 where project_id = $1 and review_id = $2 and person_id = $3")
        .bind(claimed.project_id)
        .bind(claimed.review_id)
        .bind(claimed.person_id)
        .bind(until)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
