//! Shoppers' accounts, for the server of an app.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Extension, Json};
use model::Time;
use office::code::Scope;
use office::{
    AccountKey, Consent, Device, Erasure, Office, OfficeError, Owner, Purpose, SavedCard, ShopperAccount,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::guard::Caller;
use super::input::{AccountInPath, Body, CardInPath, DeviceInPath, Parameters, trip_key, whole};
use super::kiosk::{PAGE, ReceiptsView, TextRead};
use super::once::{self, RequestKey};
use super::problem::Problem;
use super::shapes::{CardRequest, Faults};
use super::state::Web;

/// A shopper's language.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LanguageRequest {
    /// What they read, BCP 47.
    #[schema(pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length = 35, example = "de")]
    language: String,
}

/// A shopper agrees to something, or takes it back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentRequest {
    /// To what.
    #[schema(value_type = String, pattern = "^(palm|receipt_mail|offers|improvement)$", example = "offers")]
    purpose: Purpose,
    /// Agreed, or taken back.
    given: bool,
    /// What they read.
    text: TextRead,
}

/// A shopper's account.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountView {
    /// Its name.
    #[schema(format = "uuid")]
    account: String,
    /// What its shopper reads, BCP 47.
    language: String,
    /// When it was made.
    #[schema(format = "date-time")]
    created: String,
    /// Where its receipts go.
    address: Option<AddressView>,
    /// What it pays with, in the order in which they came.
    cards: Vec<CardView>,
    /// Its phones, in the order in which they came.
    phones: Vec<PhoneView>,
}

/// Where receipts go.
#[derive(Serialize, ToSchema)]
pub(crate) struct AddressView {
    /// The address.
    address: String,
    /// Whether its owner answered a mail; else it was typed at a kiosk.
    proven: bool,
}

/// A card in an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct CardView {
    /// Its name.
    #[schema(format = "uuid")]
    card: String,
    /// Its brand.
    brand: String,
    /// Its last four digits.
    last_four: String,
    /// Whether it pays where the account is shown.
    default: bool,
}

/// A phone that may show codes.
#[derive(Serialize, ToSchema)]
pub(crate) struct PhoneView {
    /// Its public key.
    device: String,
    /// When it was given its first pass.
    #[schema(format = "date-time")]
    added: String,
    /// The last day on which its codes count, in UTC.
    #[schema(format = "date")]
    until: String,
}

/// A phone's pass.
#[derive(Serialize, ToSchema)]
pub(crate) struct PassView {
    /// The text that the phone puts into its codes.
    pass: String,
}

/// That somebody agreed to something, or took it back.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentView {
    /// To what.
    purpose: String,
    /// Agreed, or taken back.
    given: bool,
    /// The version of the text that they read.
    version: String,
    /// SHA-256 of its words.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: String,
    /// Its language, BCP 47.
    language: String,
    /// When.
    #[schema(format = "date-time")]
    at: String,
}

/// All that somebody agreed to and took back.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentsView {
    /// The oldest first; of each purpose the last one counts.
    consents: Vec<ConsentView>,
}

/// What came of the wish to be forgotten.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErasureView {
    /// Whether it is done. If not, it is done by itself as soon as that is possible.
    erased: bool,
    /// The number under which the store keeps a proof of it, which names nobody.
    #[schema(format = "uuid")]
    proof: Option<String>,
    /// How many rows of what were deleted or blanked.
    deleted: BTreeMap<String, u64>,
    /// Why it is not possible yet, as the shopper reads it.
    text: Option<String>,
}

/// An account is made
#[utoipa::path(
    post, path = "/accounts", operation_id = "create_account", tag = "accounts",
    params(("Idempotency-Key" = Option<String>, Header, description = "Your name of this request, best a UUID. Without one, a request that is sent twice makes two.", min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = LanguageRequest,
    responses((status = 201, description = "It is made.", body = AccountView)),
)]
pub(crate) async fn create(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    key: RequestKey,
    body: Body<LanguageRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&caller, body.hash);
    let now = web.now();
    let work = move |office: &Office| {
        let key = office.create_account(&body.value.language, now)?;
        once::text(&AccountView::from(office.account(key)?))
    };
    let answer = once::outside(&web, request, now, work).await?;
    once::answer(StatusCode::CREATED, answer)
}

/// An account
#[utoipa::path(
    get, path = "/accounts/{account}", operation_id = "account", tag = "accounts",
    params(("account" = String, Path, description = "The account.", format = "uuid")),
    responses((status = 200, description = "The account.", body = AccountView)),
)]
pub(crate) async fn look(
    State(web): State<Web>,
    AccountInPath(account): AccountInPath,
) -> Result<Json<AccountView>, Problem> {
    change(&web, account, |_| Ok(())).await
}

/// Changes an account, and tells how it is then.
async fn change(
    web: &Web,
    account: AccountKey,
    work: impl FnOnce(&Office) -> Result<(), OfficeError> + Send + 'static,
) -> Result<Json<AccountView>, Problem> {
    let account = web.office(move |office| {
        work(office)?;
        office.account(account)
    });
    Ok(Json(account.await?.into()))
}

/// A shopper reads another language
#[utoipa::path(
    put, path = "/accounts/{account}/language", operation_id = "set_language", tag = "accounts",
    params(("account" = String, Path, description = "The account.", format = "uuid")),
    request_body = LanguageRequest,
    responses((status = 200, description = "The account as it is now.", body = AccountView)),
)]
pub(crate) async fn set_language(
    State(web): State<Web>,
    AccountInPath(account): AccountInPath,
    body: Body<LanguageRequest>,
) -> Result<Json<AccountView>, Problem> {
    change(&web, account, move |office| office.set_language(account, &body.value.language)).await
}

/// A card comes into an account
///
/// The first is its default. The card must be one that the processor's form told for this shopper. Sent twice, it
/// counts once.
#[utoipa::path(
    post, path = "/accounts/{account}/cards", operation_id = "add_card", tag = "accounts",
    params(("account" = String, Path, description = "The account.", format = "uuid")),
    request_body = CardRequest,
    responses((status = 200, description = "The account as it is now.", body = AccountView)),
)]
pub(crate) async fn add_card(
    State(web): State<Web>,
    AccountInPath(account): AccountInPath,
    body: Body<CardRequest>,
) -> Result<Json<AccountView>, Problem> {
    let card = body.value.card.checked("/card", Faults::default())?;
    let now = web.now();
    change(&web, account, move |office| office.add_card(account, card, now).map(drop)).await
}

/// A card leaves an account
///
/// If it was the default, the one that came first of the others becomes it.
#[utoipa::path(
    delete, path = "/accounts/{account}/cards/{card}", operation_id = "remove_card", tag = "accounts",
    params(("account" = String, Path, description = "The account.", format = "uuid"), ("card" = String, Path, description = "The card.", format = "uuid")),
    responses((status = 200, description = "The account as it is now.", body = AccountView)),
)]
pub(crate) async fn remove_card(
    State(web): State<Web>,
    AccountInPath(account): AccountInPath,
    CardInPath(card): CardInPath,
) -> Result<Json<AccountView>, Problem> {
    let now = web.now();
    change(&web, account, move |office| office.remove_card(account, card, now)).await
}

/// A card pays from now on where the account is shown
#[utoipa::path(
    put, path = "/accounts/{account}/cards/{card}/default", operation_id = "set_default_card", tag = "accounts",
    params(("account" = String, Path, description = "The account.", format = "uuid"), ("card" = String, Path, description = "The card.", format = "uuid")),
    responses((status = 200, description = "The account as it is now.", body = AccountView)),
)]
pub(crate) async fn set_default_card(
    State(web): State<Web>,
    AccountInPath(account): AccountInPath,
    CardInPath(card): CardInPath,
) -> Result<Json<AccountView>, Problem> {
    change(&web, account, move |office| office.set_default_card(account, card)).await
}

/// A phone is given a pass
///
/// It may then show codes at this store's gates. A phone that has a pass gets one that counts for longer: let it ask
/// whenever it has network. docs/entry-codes.md explains what it does with it.
#[utoipa::path(
    put, path = "/accounts/{account}/phones/{device}", operation_id = "give_pass", tag = "accounts",
    params(("account" = String, Path, description = "The account.", format = "uuid"), ("device" = String, Path, description = "The phone's ed25519 public key, base64url.", pattern = "^[A-Za-z0-9_-]{43}$")),
    responses((status = 200, description = "The pass.", body = PassView)),
)]
pub(crate) async fn give_pass(
    State(web): State<Web>,
    AccountInPath(account): AccountInPath,
    DeviceInPath(device): DeviceInPath,
) -> Result<Json<PassView>, Problem> {
    let now = web.now();
    let pass = web.office(move |office| {
        office.give_pass(account, device, Scope::of_store(&office.policy().store), now)
    });
    Ok(Json(PassView { pass: pass.await? }))
}

/// A phone leaves an account: its codes count no more
#[utoipa::path(
    delete, path = "/accounts/{account}/phones/{device}", operation_id = "remove_phone", tag = "accounts",
    params(("account" = String, Path, description = "The account.", format = "uuid"), ("device" = String, Path, description = "The phone's ed25519 public key, base64url.", pattern = "^[A-Za-z0-9_-]{43}$")),
    responses((status = 200, description = "The account as it is now.", body = AccountView)),
)]
pub(crate) async fn remove_phone(
    State(web): State<Web>,
    AccountInPath(account): AccountInPath,
    DeviceInPath(device): DeviceInPath,
) -> Result<Json<AccountView>, Problem> {
    let now = web.now();
    change(&web, account, move |office| office.remove_device(account, device, now)).await
}

/// What a shopper agreed to and took back
#[utoipa::path(
    get, path = "/accounts/{account}/consents", operation_id = "consents", tag = "accounts",
    params(("account" = String, Path, description = "The account.", format = "uuid")),
    responses((status = 200, description = "All of it.", body = ConsentsView)),
)]
pub(crate) async fn consents(
    State(web): State<Web>,
    AccountInPath(account): AccountInPath,
) -> Result<Json<ConsentsView>, Problem> {
    let consents = web.office(move |office| ConsentsView::of(office, account));
    Ok(Json(consents.await?))
}

/// A shopper agrees to something, or takes it back
#[utoipa::path(
    post, path = "/accounts/{account}/consents", operation_id = "consent", tag = "accounts",
    params(("account" = String, Path, description = "The account.", format = "uuid"), ("Idempotency-Key" = Option<String>, Header, description = "Your name of this request, best a UUID. Without one, a request that is sent twice is noted twice.", min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = ConsentRequest,
    responses((status = 200, description = "All that they agreed to and took back.", body = ConsentsView)),
)]
pub(crate) async fn consent(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    AccountInPath(account): AccountInPath,
    key: RequestKey,
    body: Body<ConsentRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&caller, body.hash);
    let ConsentRequest { purpose, given, text } = body.value;
    let mut faults = Faults::default();
    text.check("/text", &mut faults);
    faults.done()?;
    let now = web.now();
    let work = move |office: &Office| {
        office.account(account)?;
        office.record_consent(Owner::Account(account), purpose, given, &text.as_text(), now)?;
        once::text(&ConsentsView::of(office, account)?)
    };
    let answer = once::outside(&web, request, now, work).await?;
    once::answer(StatusCode::OK, answer)
}

/// Which part of a shopper's receipts is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceiptsQuery {
    before: Option<String>,
    limit: Option<String>,
}

/// A shopper's receipts, the newest first
///
/// Those that they paid, and those of trips that they joined.
#[utoipa::path(
    get, path = "/accounts/{account}/receipts", operation_id = "receipts_of_account", tag = "accounts",
    params(
        ("account" = String, Path, description = "The account.", format = "uuid"),
        ("before" = Option<String>, Query, description = "Only receipts before this trip's: `next` of the page before.", format = "uuid"),
        ("limit" = Option<u32>, Query, description = "Most receipts of the page; 100 without it.", minimum = 1, maximum = 100),
    ),
    responses((status = 200, description = "A page of receipts.", body = ReceiptsView)),
)]
pub(crate) async fn receipts(
    State(web): State<Web>,
    AccountInPath(account): AccountInPath,
    Parameters(query): Parameters<ReceiptsQuery>,
) -> Result<Json<ReceiptsView>, Problem> {
    let before = query.before.as_deref().map(|before| trip_key("before", before)).transpose()?;
    let most = i64::from(PAGE);
    let limit = query.limit.as_deref().map_or(Ok(most), |limit| whole("limit", limit, 1, most))?;
    let page = web.office(move |office| {
        office.account(account)?;
        office.receipts_of(Owner::Account(account), before, limit as usize)
    });
    Ok(Json(ReceiptsView::new(page.await?, web.currency())))
}

/// Everything that is known of a shopper, to give it to them
///
/// That it was given out is noted.
#[utoipa::path(
    get, path = "/accounts/{account}/export", operation_id = "export", tag = "accounts",
    params(("account" = String, Path, description = "The account.", format = "uuid")),
    responses((status = 200, description = "Everything.", body = Object)),
)]
pub(crate) async fn export(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    AccountInPath(account): AccountInPath,
) -> Result<Json<Value>, Problem> {
    let now = web.now();
    let told = web.office(move |office| office.export(Owner::Account(account), caller.actor(), now));
    Ok(Json(told.await?))
}

/// A shopper wants to be forgotten
///
/// Everything personal is deleted, with the account's cards; receipts and books stay without a way back to them, as tax
/// law asks. While a visit is open or unpaid it is only noted, and done later by itself.
#[utoipa::path(
    delete, path = "/accounts/{account}", operation_id = "erase", tag = "accounts",
    params(("account" = String, Path, description = "The account.", format = "uuid")),
    responses((status = 200, description = "What came of it.", body = ErasureView)),
)]
pub(crate) async fn erase(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    AccountInPath(account): AccountInPath,
) -> Result<Json<ErasureView>, Problem> {
    let now = web.now();
    let erasure = web.office(move |office| office.erase(Owner::Account(account), caller.actor(), now));
    Ok(Json(erasure.await?.into()))
}

impl From<ShopperAccount> for AccountView {
    fn from(account: ShopperAccount) -> Self {
        let address = |contact: office::Contact| AddressView {
            address: contact.address.reveal().to_owned(),
            proven: contact.proven,
        };
        Self {
            account: account.key.to_string(),
            language: account.language,
            created: account.created.to_string(),
            address: account.contact.map(address),
            cards: account.cards.into_iter().map(CardView::from).collect(),
            phones: account.devices.into_iter().map(PhoneView::from).collect(),
        }
    }
}

impl From<SavedCard> for CardView {
    fn from(card: SavedCard) -> Self {
        let SavedCard { key, brand, last_four, is_default } = card;
        Self { card: key.to_string(), brand, last_four, default: is_default }
    }
}

impl From<Device> for PhoneView {
    fn from(device: Device) -> Self {
        let until = Time::from_nanos(0).plus_seconds(device.until_day as f64 * 86_400.0).to_string();
        Self {
            device: device.key.to_string(),
            added: device.added.to_string(),
            until: until.split('T').next().unwrap_or_default().to_owned(),
        }
    }
}

impl ConsentsView {
    fn of(office: &Office, account: AccountKey) -> Result<Self, OfficeError> {
        office.account(account)?;
        let consents = office.consents(Owner::Account(account))?;
        Ok(Self { consents: consents.into_iter().map(ConsentView::from).collect() })
    }
}

impl From<Consent> for ConsentView {
    fn from(consent: Consent) -> Self {
        Self {
            purpose: consent.purpose.as_str().to_owned(),
            given: consent.given,
            version: consent.version,
            sha256: consent.text_hash.iter().map(|byte| format!("{byte:02x}")).collect(),
            language: consent.language,
            at: consent.at.to_string(),
        }
    }
}

impl From<Erasure> for ErasureView {
    fn from(erasure: Erasure) -> Self {
        match erasure {
            Erasure::Done(done) => Self {
                erased: true,
                proof: Some(done.erasure.to_string()),
                deleted: done.deleted,
                text: None,
            },
            Erasure::Deferred(why) => {
                Self { erased: false, proof: None, deleted: BTreeMap::new(), text: Some(why.to_string()) }
            }
        }
    }
}
