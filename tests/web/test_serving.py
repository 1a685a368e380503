import socket

from assistant.web.serving import listener


def test_an_answer_does_not_wait_for_the_one_before_it_to_be_acknowledged() -> None:
    with listener("127.0.0.1", 0) as bound, socket.create_connection(bound.getsockname()):
        accepted, _ = bound.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
