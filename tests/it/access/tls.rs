//! TLS and client certificates, over real connections to a real server.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use holdfast::{
    client::{Client, ClientError, ClientOptions, ClientTls, Retries, Token},
    grpc::proto::{ReloadModelsRequest, model_service_client::ModelServiceClient},
};
use tonic::{
    Code,
    transport::{Certificate, Channel, ClientTlsConfig, Identity},
};

use super::{
    ask, by,
    certificates::{Authority, Files, Pair, Time},
    principal, reason,
};
use crate::support::{
    process::{Process, command},
    telco_models,
};

const LIST: &str = "ModelService/ListModels";

pub(super) fn start(options: &[String], more: &[&str]) -> Process {
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    Process::start(telco_models(), &[&options, more].concat())
}

/// Connects as this client, if the server takes it: it says so with its first
/// answer.
pub(super) async fn connect(
    address: SocketAddr,
    authority: &Authority,
    client: Option<&Pair>,
) -> Result<Channel, tonic::transport::Error> {
    let mut tls = ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(&authority.pem))
        .domain_name("localhost");
    if let Some(Pair { cert, key }) = client {
        tls = tls.identity(Identity::from_pem(cert, key));
    }
    let endpoint = Channel::from_shared(format!("https://{address}")).unwrap();
    endpoint.tls_config(tls)?.connect().await
}

/// Whether a caller gets an answer, whatever it says.
pub(super) async fn answers(
    address: SocketAddr,
    authority: &Authority,
    client: Option<&Pair>,
) -> bool {
    let Ok(channel) = connect(address, authority, client).await else {
        return false;
    };
    let mut health = tonic_health::pb::health_client::HealthClient::new(channel);
    health
        .check(tonic_health::pb::HealthCheckRequest::default())
        .await
        .is_ok()
}

#[tokio::test]
async fn calls_are_encrypted_and_the_client_knows_whom_it_talks_to() {
    let authority = Authority::new();
    let files = Files::new(&authority.sign("localhost", Time::Good), &authority);
    let server = start(&files.options(), &["--admin-listen", "127.0.0.1:0"]);
    let options = |authority: &Authority, name: Option<&str>| ClientOptions {
        timeout: Duration::from_secs(10),
        retries: Retries {
            attempts: 1,
            ..Retries::default()
        },
        token: Some(Token::new("any").unwrap()),
        tls: Some(ClientTls {
            authorities: Some(authority.pem.clone().into_bytes()),
            server_name: name.map(str::to_owned),
            ..ClientTls::default()
        }),
        ..ClientOptions::default()
    };
    let address = format!("https://localhost:{}", server.address.port());
    let client = Client::new(&address, options(&authority, None)).unwrap();
    assert_eq!(client.models().await.unwrap().len(), 1);
    // Of another authority, under another name, or without TLS: no answer.
    for refused in [
        options(&Authority::new(), None),
        options(&authority, Some("other.example")),
    ] {
        let client = Client::new(&address, refused).unwrap();
        assert!(matches!(client.models().await, Err(ClientError::Call(_))));
    }
    let plain = format!("http://{}", server.address);
    let refused = Client::new(&plain, options(&authority, None)).unwrap_err();
    assert!(matches!(refused, ClientError::Tls(_)), "{refused}");
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    // An alert of TLS, and no frame.
    assert!(answer.first().is_none_or(|byte| *byte == 21), "{answer:?}");
    assert_eq!(client.models().await.unwrap().len(), 1);
    let metrics = server.metrics();
    assert!(metrics["holdfast_tls_handshakes_total{result=\"ok\"}"] >= 1.0);
    assert!(metrics["holdfast_tls_handshakes_total{result=\"failed\"}"] >= 3.0);
}

#[tokio::test]
async fn a_client_s_certificate_says_who_it_is() {
    let authority = Authority::new();
    let files = Files::new(&authority.sign("localhost", Time::Good), &authority);
    let scopes = "scopes = ['read-models']";
    let shop = format!(
        "[[principals]]\nname = 'shop'\n{scopes}\ncertificates = ['dns:shop.example', 'uri:spiffe://x/shop']\n"
    );
    files.write(
        "access.toml",
        &(shop + &principal("key", "scopes = ['score']")),
    );
    let access = files.option("--access", "access.toml");
    let server = start(&[files.mutual(), access.to_vec()].concat(), &[]);
    let address = server.address;
    for name in ["shop.example", "SHOP.example", "spiffe://x/shop"] {
        let pair = authority.sign(name, Time::Good);
        let channel = connect(address, &authority, Some(&pair)).await.unwrap();
        assert_eq!(ask(&channel, LIST, &[]).await.code(), Code::Ok, "{name}");
        let denied = ask(&channel, "ModelService/ReloadModels", &[]).await;
        assert_eq!(reason(&denied), "SCOPE_MISSING");
        // A token goes before the certificate, and one at fault is not passed over.
        let denied = ask(&channel, LIST, &["Bearer key"]).await;
        assert_eq!(reason(&denied), "SCOPE_MISSING");
        let refused = ask(&channel, LIST, &["Bearer other"]).await;
        assert_eq!(reason(&refused), "TOKEN_UNKNOWN");
    }
    for name in ["other.example", "x.shop.example", "spiffe://x/other"] {
        let stranger = authority.sign(name, Time::Good);
        let channel = connect(address, &authority, Some(&stranger)).await.unwrap();
        let refused = ask(&channel, LIST, &[]).await;
        assert_eq!(refused.code(), Code::Unauthenticated);
        assert_eq!(reason(&refused), "CERTIFICATE_UNKNOWN");
    }
    // Not one of the authority's that is good today: no connection at all.
    let good = authority.sign("shop.example", Time::Good);
    let expired = authority.sign("shop.example", Time::Expired);
    let forged = Authority::new().sign("shop.example", Time::Good);
    assert!(answers(address, &authority, Some(&good)).await);
    for (what, pair) in [
        ("none", None),
        ("expired", Some(&expired)),
        ("forged", Some(&forged)),
        (
            "not yet",
            Some(&authority.sign("shop.example", Time::NotYet)),
        ),
    ] {
        assert!(!answers(address, &authority, pair).await, "{what}");
    }
}

#[tokio::test]
async fn a_certificate_changes_while_serving_and_a_broken_one_changes_nothing() {
    let [first, second] = [(); 2].map(|()| Authority::new());
    let files = Files::new(&first.sign("localhost", Time::Good), &first);
    let more = ["--reload-seconds", "0", "--admin-listen", "127.0.0.1:0"];
    let server = start(&files.options(), &more);
    let address = server.address;
    let old = connect(address, &first, None).await.unwrap();
    let reload = async || {
        let mut models = ModelServiceClient::new(old.clone());
        models
            .reload_models(by("any", ReloadModelsRequest {}))
            .await
            .unwrap();
    };
    // A certificate without its key, one that is torn, and none.
    let next = second.sign("localhost", Time::Good);
    for broken in [next.cert.as_str(), &next.cert[..100], ""] {
        files.write("cert.pem", broken);
        reload().await;
        reload().await;
        assert!(answers(address, &first, None).await);
    }
    files.write("cert.pem", &next.cert);
    files.write("key.pem", &next.key);
    reload().await;
    assert!(answers(address, &second, None).await);
    assert!(!answers(address, &first, None).await);
    // Who was connected before still is.
    assert_eq!(ask(&old, LIST, &[]).await.code(), Code::Ok);
    let metrics = server.metrics();
    assert_eq!(
        metrics["holdfast_tls_reloads_total{result=\"refused\"}"],
        3.0
    );
    assert_eq!(metrics["holdfast_tls_reloads_total{result=\"ok\"}"], 1.0);
}

#[tokio::test]
async fn a_peer_that_never_finishes_its_handshake_is_hung_up_on() {
    let authority = Authority::new();
    let files = Files::new(&authority.sign("localhost", Time::Good), &authority);
    let server = start(&files.options(), &["--admin-listen", "127.0.0.1:0"]);
    let began = Instant::now();
    // Nothing, and the beginning of a greeting of 512 bytes.
    let stuck = [&b""[..], &[22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]].map(|bytes| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(bytes).unwrap();
        stream
    });
    for _ in 0..5 {
        assert!(answers(server.address, &authority, None).await);
    }
    assert!(began.elapsed() < Duration::from_secs(8), "held up");
    for mut stream in stuck {
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let ended = tokio::task::spawn_blocking(move || stream.read_to_end(&mut Vec::new()));
        // Closed, in whatever way, and not by the time that this test waits.
        if let Err(error) = ended.await.unwrap() {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        }
    }
    let waited = began.elapsed();
    assert!(
        waited > Duration::from_secs(9) && waited < Duration::from_secs(19),
        "{waited:?}"
    );
    let given_up = server.metrics()["holdfast_tls_handshakes_total{result=\"given_up\"}"];
    assert_eq!(given_up, 2.0);
}

#[test]
fn a_probe_speaks_tls_with_the_server_s_own_certificate() {
    let authority = Authority::new();
    let files = Files::new(&authority.sign("score.example", Time::Good), &authority);
    let run = |options: &[String], address: SocketAddr| {
        let mut probe = command(&["--probe", "--listen", &address.to_string()]);
        let output = probe.args(options).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    for options in [files.options(), files.mutual()] {
        let server = start(&options, &[]);
        assert_eq!(run(&options, server.address), (Some(0), String::new()));
        // Of another server's certificate, and without TLS, it is not this server.
        let other = Files::new(&authority.sign("score.example", Time::Good), &authority);
        assert_eq!(run(&other.options(), server.address).0, Some(1));
        assert_eq!(run(&[], server.address).0, Some(1));
    }
}

#[test]
fn files_that_do_not_go_together_keep_a_server_from_starting() {
    let authority = Authority::new();
    let pair = authority.sign("localhost", Time::Good);
    let files = Files::new(&pair, &authority);
    files.write("other.pem", &authority.sign("localhost", Time::Good).key);
    files.write("empty.pem", "");
    let cert = |name| files.option("--tls-cert", name);
    let key = |name| files.option("--tls-key", name);
    let ca = |name| files.option("--tls-client-ca", name);
    for (options, wanted) in [
        (cert("cert.pem").to_vec(), "tls_cert and tls_key"),
        (ca("ca.pem").to_vec(), "tls_cert and tls_key"),
        (
            [cert("cert.pem"), key("other.pem")].concat(),
            "do not go together",
        ),
        (
            [cert("cert.pem"), key("empty.pem")].concat(),
            "the key cannot be read",
        ),
        ([cert("empty.pem"), key("key.pem")].concat(), "holds none"),
        ([cert("cert.pem"), key("absent.pem")].concat(), "absent.pem"),
        (
            [cert("cert.pem"), key("key.pem"), ca("empty.pem")].concat(),
            "authorities",
        ),
    ] {
        let output = command(&["--models", "x"]).args(&options).output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{wanted}");
        assert!(log.contains(wanted), "{wanted}: {log}");
        assert!(!log.contains("PRIVATE KEY"), "{log}");
    }
}
