"""Messages to recipients' servers: signed so that a library of theirs can check them, and sent to nobody else."""

import base64
import hashlib
import hmac
import socket
import threading
import time

import pytest

from app.kernel import webhooks
from app.kernel.webhooks import NotAllowed, NotReached, is_public, new_secret, send, signature, target
from tests.support.recipient import recipient_server


def test_the_signature_is_that_of_the_specification():
    """The example of the Standard Webhooks specification 1.0, recalculated here by its rule."""
    secret, message_id = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    at, body = 1614265330, b'{"test": 2432232314}'
    assert signature(secret, message_id, at, body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_changed_byte_changes_the_signature():
    secret = new_secret()
    assert signature(secret, "1", 1, b"a") != signature(secret, "1", 1, b"b") != signature(new_secret(), "1", 1, b"b")
    assert signature(secret, "1", 1, b"a") != signature(secret, "1", 2, b"a") != signature(secret, "2", 2, b"a")


def test_secrets_have_the_form_that_libraries_take():
    key = base64.b64decode(new_secret().removeprefix("whsec_"))
    assert len(key) == 32


def test_while_a_secret_is_changed_there_is_a_signature_with_each():
    keys = [new_secret(), new_secret()]
    head = webhooks.headers("m", 7, b"{}", keys)
    made = [
        "v1," + base64.b64encode(hmac.new(base64.b64decode(key[6:]), b"m.7.{}", hashlib.sha256).digest()).decode()
        for key in keys
    ]
    assert head["webhook-signature"].split() == made
    assert (head["webhook-id"], head["webhook-timestamp"]) == ("m", "7")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/hook",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://example.org/hook",
        "https://",
        "https:///hook",
        "https://user:secret@example.org/",
        "https://example.org/#part",
        "https://example.org:port/",
        "https://exa mple.org/",
        "https://example.org/a\r\nHost: other",
        "https://127.0.0.1/",
        "https://10.1.2.3/hook",
        "https://192.168.1.1:8443/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fd00::1]/",
        "https://0.0.0.0/",
    ],
)
def test_an_address_that_could_lead_into_our_own_network_is_refused(url):
    with pytest.raises(NotAllowed):
        target(url)


def test_a_configured_host_may_be_private_and_without_tls_and_no_other_port_of_it():
    assert target("http://127.0.0.1:8090/hook?a=1", ("127.0.0.1:8090",)).path == "/hook?a=1"
    with pytest.raises(NotAllowed):
        target("http://127.0.0.1:8091/hook", ("127.0.0.1:8090",))


@pytest.mark.parametrize(
    ("number", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700:4700::1111", True),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:a00:1::", False),
        ("fe80::1%eth0", False),
        ("0.0.0.0", False),
    ],
)
def test_public_addresses_are_told_from_private_ones_also_in_disguise(number, public):
    assert is_public(number) is public


def test_a_name_that_leads_to_a_private_address_is_not_connected_to(monkeypatch):
    """Also when another of its addresses is public: the name may change its mind between looking and connecting."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443)) for number in ("93.184.216.34", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
    monkeypatch.setattr(socket, "create_connection", lambda *_a: pytest.fail("connected"))
    with pytest.raises(NotAllowed):
        send("https://hooks.example.org/", b"{}", {})


def test_the_connection_goes_to_the_number_that_was_looked_at(monkeypatch):
    asked = []
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)

    def refuse(address, _timeout):
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(NotReached):
        send("https://hooks.example.org/", b"{}", {})
    assert asked == [("93.184.216.34", 443)]


def test_a_message_arrives_as_it_was_signed():
    with recipient_server() as server:
        head = webhooks.headers("m1", 5, b'{"a":1}', [new_secret()])
        assert send(server.url, b'{"a":1}', head, (server.host,)).is_success
    ((path, heads, body),) = server.received
    assert (path, body, heads["webhook-signature"]) == ("/plaza", b'{"a":1}', head["webhook-signature"])


def test_a_redirect_is_an_answer_and_is_not_followed():
    with recipient_server() as other, recipient_server() as server:
        server.status, server.headers = 307, {"Location": other.url}
        reply = send(server.url, b"{}", {}, (server.host, other.host))
    assert (reply.status, reply.is_success, other.received) == (307, False, [])


def test_no_more_than_some_kilobytes_of_an_answer_are_read():
    with recipient_server() as server:
        server.status, server.body = 200, b"x" * 5_000_000
        assert len(send(server.url, b"{}", {}, (server.host,)).body) == webhooks.MOST_BYTES


def test_nobody_there_and_hanging_up_are_the_same_failure():
    with recipient_server() as server:
        server.status = 0
        with pytest.raises(NotReached):
            send(server.url, b"{}", {}, (server.host,))
    with pytest.raises(NotReached):
        send(server.url, b"{}", {}, (server.host,))


def test_a_server_that_sends_a_byte_now_and_then_is_given_up(monkeypatch):
    monkeypatch.setattr(webhooks, "LONGEST", 0.3)
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip():
        connection, _ = listener.accept()
        with connection:
            while not over.wait(0.05):
                try:
                    connection.send(b"H")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    started = time.monotonic()
    port = listener.getsockname()[1]
    with pytest.raises(NotReached):
        send(f"http://127.0.0.1:{port}/", b"{}", {}, (f"127.0.0.1:{port}",))
    over.set()
    thread.join(timeout=5)
    listener.close()
    assert time.monotonic() - started < 3
