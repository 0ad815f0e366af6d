//! Client certificates that are revoked, and certificates that end.

use holdfast::grpc::proto::{ReloadModelsRequest, model_service_client::ModelServiceClient};
use tonic::transport::Channel;

use super::{
    certificates::{Authority, Files, Time},
    tls::{answers, connect, start},
};
use crate::support::process::{Process, command};

const NOT_AFTER: &str = "holdfast_tls_certificate_not_after_timestamp_seconds";
const NEXT_UPDATE: &str = "holdfast_tls_client_crl_next_update_timestamp_seconds";
/// The first of March 2100.
const IN_2100: f64 = 4_107_542_400.0;

async fn reload(channel: &Channel) {
    let mut models = ModelServiceClient::new(channel.clone());
    models.reload_models(ReloadModelsRequest {}).await.unwrap();
}

fn refused(server: &Process) -> f64 {
    server.metrics()["holdfast_tls_reloads_total{result=\"refused\"}"]
}

#[tokio::test]
async fn who_is_revoked_gets_no_connection_from_the_next_look_on() {
    let authority = Authority::new();
    let files = Files::new(&authority.sign("localhost", Time::Good), &authority);
    files.write("crl.pem", &authority.revoke(&["old.example"]));
    let crl = files.option("--tls-client-crl", "crl.pem");
    let more = ["--reload-seconds", "0", "--admin-listen", "127.0.0.1:0"];
    let server = start(&[files.mutual(), crl.to_vec()].concat(), &more);
    let address = server.address;
    let [old, shop, operator] = ["old.example", "shop.example", "operator.example"]
        .map(|name| authority.sign(name, Time::Good));
    assert!(!answers(address, &authority, Some(&old)).await);
    assert!(answers(address, &authority, Some(&shop)).await);
    let metrics = server.metrics();
    assert_eq!(metrics[NEXT_UPDATE], IN_2100);
    assert!(metrics[NOT_AFTER] > IN_2100);
    // One that is revoked later; a list that is torn, none, or another authority's
    // changes nothing.
    let operator = connect(address, &authority, Some(&operator)).await.unwrap();
    let list = authority.revoke(&["old.example", "shop.example"]);
    files.write("crl.pem", &list);
    reload(&operator).await;
    assert!(!answers(address, &authority, Some(&shop)).await);
    for (count, broken) in [
        &list[..100],
        "",
        "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
    ]
    .into_iter()
    .enumerate()
    {
        files.write("crl.pem", broken);
        reload(&operator).await;
        assert!(!answers(address, &authority, Some(&shop)).await, "{broken}");
        assert_eq!(refused(&server), count as f64 + 1.0, "{broken}");
    }
    files.write("crl.pem", &authority.revoke(&[]));
    reload(&operator).await;
    assert!(answers(address, &authority, Some(&shop)).await);
    assert!(answers(address, &authority, Some(&old)).await);
    // An authority without a list: of nobody is it known that he is not revoked.
    files.write("crl.pem", &Authority::new().revoke(&[]));
    reload(&operator).await;
    assert!(!answers(address, &authority, Some(&shop)).await);
}

#[tokio::test]
async fn the_end_of_the_certificate_is_told_as_it_changes() {
    let authority = Authority::new();
    let files = Files::new(&authority.sign("localhost", Time::Expired), &authority);
    let more = ["--reload-seconds", "1", "--admin-listen", "127.0.0.1:0"];
    let server = start(&files.options(), &more);
    // The first of January 2020.
    assert_eq!(server.metrics()[NOT_AFTER], 1_577_836_800.0);
    assert_eq!(server.metrics()[NEXT_UPDATE], 0.0);
    let next = authority.sign("localhost", Time::Good);
    files.write("cert.pem", &next.cert);
    files.write("key.pem", &next.key);
    let mut waited = 0;
    while server.metrics()[NOT_AFTER] < IN_2100 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        waited += 1;
        assert!(waited < 100);
    }
}

#[test]
fn lists_without_authorities_keep_a_server_from_starting() {
    let authority = Authority::new();
    let files = Files::new(&authority.sign("localhost", Time::Good), &authority);
    files.write("empty.pem", "");
    let crl = files.option("--tls-client-crl", "empty.pem");
    for (options, wanted) in [
        (files.options(), "tls_client_crl needs tls_client_ca"),
        (files.mutual(), "holds no list"),
    ] {
        let options = [options, crl.to_vec()].concat();
        let output = command(&["--models", "x"]).args(&options).output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{log}");
        assert!(log.contains(wanted), "{wanted}: {log}");
    }
}
