"""The queue under several workers, lost workers and a jumping clock: everything is done, and nothing twice."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from meetingapp.core import clock, outbox
from meetingapp.core.database import db
from meetingapp.core.mail.models import LetterState
from meetingapp.core.mail.sweeper import sweep_letters
from meetingapp.core.outbox import Task, TaskState, worker
from meetingapp.core.outbox.sweeper import sweep_tasks
from tests.faults import smtp
from tests.faults.conftest import letters_by_address
from tests.faults.test_delivery import partner_letters
from tests.invitations.support import a_call

LEASE = timedelta(minutes=5)
SECONDS_TO_WAIT = 20


def in_threads(app, many, work):
    """Run `work` in so many workers at once, and wait for them."""

    def one():
        with app.app_context():
            work()
            db.session.remove()

    threads = [threading.Thread(target=one) for _ in range(many)]
    for thread in threads:
        thread.start()
    return threads


def finish(threads):
    for thread in threads:
        thread.join(SECONDS_TO_WAIT)
        assert not thread.is_alive()
    db.session.expire_all()


class SlowSession:
    """A mail server whose first session with an address waits until it is let go."""

    def __init__(self, then: str = smtp.OK):
        self.has_come, self.may_go, self.then = threading.Event(), threading.Event(), then

    def __call__(self, to, before):
        if before == 0 and not self.has_come.is_set():
            self.has_come.set()
            assert self.may_go.wait(SECONDS_TO_WAIT)
            return self.then
        return smtp.OK


def test_several_workers_do_each_task_once(app):
    done = Counter()
    ids = [outbox.post("count").id for _ in range(60)]
    db.session.commit()

    finish(in_threads(app, 4, lambda: worker.work_all({"count": lambda task: done.update([task.id])})))

    assert done == Counter(ids)
    assert {db.session.get_one(Task, one).state for one in ids} == {TaskState.DONE}


def test_what_waited_longest_is_done_first(app, pass_time):
    order = []
    late = outbox.post("note", delay=timedelta(seconds=30)).id
    soon = outbox.post("note").id
    db.session.commit()
    pass_time(timedelta(minutes=1))
    latest = outbox.post("note").id
    db.session.commit()

    worker.work_all({"note": lambda task: order.append(task.id)})

    assert order == [soon, late, latest]


@pytest.mark.parametrize("late_answer", [smtp.GREYLIST, smtp.REFUSED])
def test_who_has_lost_the_task_does_not_overwrite_what_the_next_one_did(app, council, mail_server, work, pass_time, late_answer):
    mail_server.mode = slow = SlowSession(late_answer)
    (address,) = partner_letters(1, council)
    first = in_threads(app, 1, lambda: worker.work_once(app.extensions["outbox_handlers"]))
    assert slow.has_come.wait(SECONDS_TO_WAIT)
    pass_time(LEASE + timedelta(minutes=1))
    work()
    assert letters_by_address()[address].state is LetterState.HANDED_OVER

    slow.may_go.set()
    finish(first)

    letter = letters_by_address()[address]
    assert letter.state is LetterState.HANDED_OVER
    assert db.session.get_one(Task, letter.task_id).state is TaskState.DONE
    assert late_answer in letter.events[-1].reply  # written down, though it does not count


def test_a_late_handing_over_counts_and_stops_the_next_try(app, council, mail_server, work, pass_time):
    slow = SlowSession()
    mail_server.mode = lambda to, before: slow(to, before) if before == 0 else smtp.GREYLIST
    (address,) = partner_letters(1, council)
    first = in_threads(app, 1, lambda: worker.work_once(app.extensions["outbox_handlers"]))
    assert slow.has_come.wait(SECONDS_TO_WAIT)
    pass_time(LEASE + timedelta(minutes=1))
    work()  # refused for now

    slow.may_go.set()
    finish(first)
    assert letters_by_address()[address].state is LetterState.HANDED_OVER
    pass_time(timedelta(hours=7))
    work()

    assert len(mail_server.got) == 1


@pytest.mark.shows("promise-3")
def test_a_sending_that_was_cut_off_is_marked_and_sent_again_with_the_same_bytes(app, council, secretary, mail_server, work, pass_time):
    class Killed(BaseException):
        pass

    a_call(council, secretary)
    handler = app.extensions["outbox_handlers"]["letter"]

    def killed_after_sending(task):
        handler(task)
        db.session.execute(db.text("UPDATE letter SET state = 'queued' WHERE id = :id").bindparams(id=task.about))
        db.session.commit()  # the server has it, and the answer was never written down
        raise Killed

    with pytest.raises(Killed):
        worker.work_once({"letter": killed_after_sending})
    pass_time(LEASE + timedelta(minutes=1))
    work()

    (address, first), copies = mail_server.got[0], [raw for to, raw in mail_server.got if to == mail_server.got[0][0]]
    letter = letters_by_address()[address]
    assert copies == [first, first]
    assert letter.state is LetterState.HANDED_OVER
    assert LetterState.UNKNOWN in {event.state for event in letter.events}


def test_a_task_that_ends_everyone_who_takes_it_comes_to_a_person(app, council, pass_time):
    partner_letters(1, council)
    while worker.claim() is not None:
        pass_time(LEASE + timedelta(minutes=1))

    assert sweep_tasks() == 1
    assert sweep_letters() == 1

    (letter,) = letters_by_address().values()
    assert letter.state is LetterState.FAILED
    assert db.session.get_one(Task, letter.task_id).tries == len(worker.WAITS) + 1


@pytest.mark.shows("promise-2")
def test_a_letter_that_nobody_is_going_to_send_is_found(app, council, mail_server, work):
    done, failed = partner_letters(2, council)
    for address, state in ((done, TaskState.DONE), (failed, TaskState.FAILED)):
        db.session.get_one(Task, letters_by_address()[address].task_id).state = state
        db.session.commit()

    assert sweep_letters() == 2
    work()

    assert letters_by_address()[done].state is LetterState.HANDED_OVER
    assert letters_by_address()[failed].state is LetterState.FAILED
    assert sweep_letters() == 0


@pytest.mark.shows("promise-11")
@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=2), timedelta(hours=-1), timedelta(hours=1)], ids=str)
def test_a_jumping_clock_neither_stops_nor_repeats_letters(app, machine, council, secretary, mail_server, jump):
    watch, handlers = worker.Watch(machine.ticking), app.extensions["outbox_handlers"]
    slow = SlowSession()
    greylisted = council.members[1].email
    mail_server.mode = lambda to, before: (smtp.GREYLIST if before == 0 else smtp.OK) if to == greylisted else slow(to, before)
    a_call(council, secretary)
    while letters_by_address()[greylisted].state is not LetterState.DELAYED:  # in the midst of the queue: some have gone, some wait
        slow.has_come.set()
        worker.work_once(handlers, watch)
    slow.has_come.clear()
    at_work = in_threads(app, 1, lambda: worker.work_once(handlers))
    assert slow.has_come.wait(SECONDS_TO_WAIT)

    machine.jump(jump)
    sweep_tasks()
    machine.pass_by(timedelta(seconds=1))
    while worker.work_once(handlers, watch):
        pass
    in_hand = [one for one in letters_by_address().values() if one.state is LetterState.QUEUED]
    assert len(in_hand) == 1  # all but the one that a living worker is sending
    assert len(mail_server.got) == len(letters_by_address()) - (1 if jump > timedelta(0) else 2)

    slow.may_go.set()
    finish(at_work)
    machine.pass_by(LEASE + timedelta(seconds=1))
    while worker.work_once(handlers, watch):
        pass

    assert {letter.state for letter in letters_by_address().values()} == {LetterState.HANDED_OVER}
    assert Counter(to for to, _ in mail_server.got) == Counter(letters_by_address().keys())


@pytest.mark.shows("promise-11")
@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=2)], ids=str)
def test_what_a_dead_worker_held_is_taken_up_within_a_lease_after_a_jump(app, machine, council, mail_server, jump):
    watch = worker.Watch(machine.ticking)
    partner_letters(1, council)
    assert worker.claim(watch) is not None  # and dies
    machine.jump(jump)
    sweep_tasks()
    assert worker.claim(watch) is None

    machine.pass_by(LEASE + timedelta(seconds=1))

    assert worker.claim(watch) is not None


NIGHTS = {
    "spring": datetime(2027, 3, 28, 0, 59, 30, tzinfo=UTC),
    "autumn": datetime(2027, 10, 31, 0, 59, 30, tzinfo=UTC),
    "29 February": datetime(2028, 2, 28, 22, 59, 30, tzinfo=UTC),
    "the end of the year": datetime(2026, 12, 31, 22, 59, 30, tzinfo=UTC),
}


@pytest.mark.shows("promise-11")
@pytest.mark.parametrize("night", NIGHTS.values(), ids=NIGHTS.keys())
def test_odd_nights_are_as_long_for_the_queue_as_others(app, machine, council, secretary, mail_server, work, night):
    machine.jump(night - datetime.now(UTC))
    app.config["UNDO_SECONDS"] = 60
    try:
        with clock.frozen(night):
            a_call(council, secretary)
    finally:
        app.config["UNDO_SECONDS"] = 0
    machine.pass_by(timedelta(seconds=58))
    work()
    assert mail_server.got == []

    machine.pass_by(timedelta(seconds=3))
    work()

    assert {letter.state for letter in letters_by_address().values()} == {LetterState.HANDED_OVER}
    assert len(mail_server.got) == len(letters_by_address())
