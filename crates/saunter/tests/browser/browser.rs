//! A browser, and how tests speak with it.

use std::future::Future;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

use crate::shop::Shop;

/// How long something on a page may take to come: people walk through the store in real time.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often a page is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(100);

/// Stores go on in real time, so no more of them are open at once than small machines have cores.
static TURNS: [Mutex<()>; 2] = [Mutex::new(()), Mutex::new(())];
static TURN: AtomicUsize = AtomicUsize::new(0);

/// A browser before a store.
pub(crate) struct Browser {
    client: Client,
    /// Where its driver takes commands.
    driver: String,
    url: String,
}

/// Runs a test in a browser before a store of its own; says so and passes where there is no browser.
pub(crate) fn before_shop<F: Future<Output = ()>>(shoppers: u32, test: impl FnOnce(Browser) -> F) {
    before(shoppers, &[], None, test);
}

/// The same with a camera that plays the film that `film` writes, before a screen that stays as it is: no film follows one that lights hands.
pub(crate) fn before_film<F: Future<Output = ()>>(film: fn(&Path), test: impl FnOnce(Browser) -> F) {
    before(0, &["--still-screen"], Some(film), test);
}

/// The same before a screen that lights hands.
pub(crate) fn before_fed_film<F: Future<Output = ()>>(film: fn(&Path), test: impl FnOnce(Browser) -> F) {
    before(0, &[], Some(film), test);
}

fn before<F: Future<Output = ()>>(
    shoppers: u32,
    more: &[&str],
    film: Option<fn(&Path)>,
    test: impl FnOnce(Browser) -> F,
) {
    let Some(driver) = Driver::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let film = film.map(|write| {
        let path = folder.path().join("film.y4m");
        write(&path);
        path
    });
    let turn = TURN.fetch_add(1, Ordering::Relaxed) % TURNS.len();
    let _turn = TURNS[turn].lock().unwrap_or_else(PoisonError::into_inner);
    let shop = Shop::open(shoppers, more);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = driver.client(film.as_deref()).await;
        let browser = Browser { client, driver: driver.url(), url: shop.url.clone() };
        let client = browser.client.clone();
        test(browser).await;
        client.close().await.unwrap();
    });
}

impl Browser {
    /// Opens a page of the store.
    pub(crate) async fn open(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.url)).await.unwrap();
    }

    /// The first element of a CSS selector, once it is there.
    pub(crate) async fn find(&self, css: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE).every(LOOK).for_element(Locator::Css(css)).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("{css} does not come: {error}\n{}", self.text().await),
        }
    }

    pub(crate) async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap();
    }

    pub(crate) async fn type_into(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Waits until a script's expression is true; gives its value.
    pub(crate) async fn until(&self, what: &str, expression: &str) -> Value {
        let script = format!("return {expression};");
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let value = self.client.execute(&script, Vec::new()).await.unwrap();
            if !matches!(value, Value::Null | Value::Bool(false)) && value != json!("") {
                return value;
            }
            assert!(tokio::time::Instant::now() < deadline, "not in time: {what}\n{}", self.text().await);
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Presses keys on the page, as somebody who points at nothing.
    pub(crate) async fn press(&self, keys: &str) {
        self.find("body").await.send_keys(keys).await.unwrap();
    }

    /// The path of the page's address.
    pub(crate) async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// Runs a script.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Runs a script that calls its last argument with what came of it.
    pub(crate) async fn run_on(&self, script: &str) -> Value {
        self.client.execute_async(script, Vec::new()).await.unwrap()
    }

    /// Gives the driver a command of an extension to WebDriver.
    pub(crate) async fn ask(&self, command: &str, what: &Value) {
        let session = self.client.session_id().await.unwrap().unwrap();
        let address = format!("{}/session/{session}/{command}", self.driver);
        ureq::post(address).content_type("application/json").send(what.to_string()).unwrap();
    }

    /// What stands on the page.
    pub(crate) async fn text(&self) -> String {
        self.run("return document.body.innerText;").await.as_str().unwrap_or_default().to_owned()
    }

    /// A picture of what is in sight: PNG.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }
}

/// The program that drives browsers.
struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    fn start() -> Option<Self> {
        let Ok(program) = std::env::var("SAUNTER_CHROMEDRIVER") else {
            assert!(std::env::var("SAUNTER_SERVICES").is_err(), "SAUNTER_CHROMEDRIVER is not set");
            eprintln!("passed over: run `eval \"$(dev/services browser)\"` first");
            return None;
        };
        let mut child = Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let port = lines.find_map(|line| {
            let (_, port) = line.split_once("successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { child, port: port.expect("the driver says its port") })
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    async fn client(&self, film: Option<&Path>) -> Client {
        let mut arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--lang=en",
            "--window-size=1500,1000",
            // Nobody is asked whether the camera may be used, so that only the pages decide.
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.extend(film.map(|film| format!("--use-file-for-fake-video-capture={}", film.display())));
        let options = json!({ "args": arguments });
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities([("goog:chromeOptions".to_owned(), options)].into_iter().collect());
        builder.connect(&self.url()).await.unwrap()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
