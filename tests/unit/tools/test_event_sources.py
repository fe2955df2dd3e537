"""What the local AWS's pollers do to a queue, without a local AWS."""

from __future__ import annotations

import asyncio
import threading

from tools.local_aws.repairs.event_sources import on_main_thread


def test_what_pollers_do_to_a_queue_is_done_in_the_thread_that_answers_requests() -> None:
    loop = asyncio.new_event_loop()
    main = threading.Thread(target=loop.run_forever)
    main.start()
    try:
        assert on_main_thread(threading.get_ident, lambda: loop)() == main.ident
    finally:
        loop.call_soon_threadsafe(loop.stop)
        main.join()
        loop.close()
