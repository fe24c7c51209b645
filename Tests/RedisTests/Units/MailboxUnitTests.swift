import Testing

@testable import Redis

/// The mailbox between tasks and a connection's thread; the test plays the thread.
struct MailboxUnitTests {
  private static func submit(
    _ mailbox: Mailbox, _ text: String, _ waiter: Waiters.Waiter, ticket: UInt64 = 1
  ) -> Mailbox.Admission {
    mailbox.submit(PendingCommand(waiter: .single(waiter), ticket: ticket, timeout: 1000)) {
      $0.append(command: ["ECHO", RedisArgument(text)])
    }
  }

  /// Plays the thread: takes the commands and fails them, so that their callers are answered.
  private static func drain(_ mailbox: Mailbox) -> (commands: Int, isClosing: Bool) {
    var queue = CommandQueue(patience: 1000)
    let collected = mailbox.collect(into: &queue, connected: true, now: 0)
    queue.failAll(.closed)
    return collected
  }

  @Test func theFirstCommandStartsTheThread() async {
    _ = await Waiters.outcomes(2) { waiters in
      let mailbox = Mailbox()
      if case .acceptedFirst = Self.submit(mailbox, "one", waiters[0]) {
      } else {
        Issue.record("the thread was not to be started")
      }
      if case .accepted = Self.submit(mailbox, "two", waiters[1]) {
      } else {
        Issue.record("the thread was to be started twice")
      }
      let collected = Self.drain(mailbox)
      #expect(collected.commands == 2 && !collected.isClosing)
    }
  }

  @Test func theThreadSleepsOnlyWhenNothingHasCome() async {
    _ = await Waiters.outcomes(1) { waiters in
      let mailbox = Mailbox()
      _ = Self.submit(mailbox, "one", waiters[0])
      #expect(!mailbox.fallAsleep())
      _ = Self.drain(mailbox)
      #expect(mailbox.fallAsleep())
      mailbox.cancel(1)
      #expect(!mailbox.fallAsleep())
    }
  }

  @Test func aClosedMailboxRefuses() async {
    let mailbox = Mailbox()
    await withCheckedContinuation { mailbox.close($0) }
    #expect(mailbox.state.load(ordering: .relaxed) == RedisConnection.State.closed.rawValue)
    let results = await Waiters.outcomes(1) { waiters in
      guard case .refused(let error) = Self.submit(mailbox, "one", waiters[0]) else {
        Issue.record("a closed mailbox took a command")
        return
      }
      waiters[0].resume(returning: .failure(error))
    }
    #expect(results[0].failure?.code == .closed)
  }

  @Test func closingWaitsForTheThread() async {
    let mailbox = Mailbox()
    _ = await Waiters.outcomes(1) { waiters in
      _ = Self.submit(mailbox, "one", waiters[0])
      _ = Self.drain(mailbox)
    }
    async let closed: Void = withCheckedContinuation { mailbox.close($0) }
    // The thread sees the order, ends and resumes the closer.
    while !Self.drain(mailbox).isClosing { await Task.yield() }
    mailbox.end()
    await closed
    #expect(mailbox.state.load(ordering: .relaxed) == RedisConnection.State.closed.rawValue)
  }

  @Test func commandsLeftAtTheEndFail() async {
    let results = await Waiters.outcomes(2) { waiters in
      let mailbox = Mailbox()
      _ = Self.submit(mailbox, "one", waiters[0])
      _ = Self.submit(mailbox, "two", waiters[1])
      mailbox.end()
    }
    #expect(results.map { $0.failure?.code } == [.closed, .closed])
  }

  @Test func cancellationBeforeTheThreadRunsIsOfNoConcern() {
    let mailbox = Mailbox()
    mailbox.cancel(1)
    #expect(mailbox.fallAsleep())
  }

  @Test func ticketsGrow() {
    let mailbox = Mailbox()
    let tickets = (0..<100).map { _ in mailbox.makeTicket() }
    #expect(tickets == tickets.sorted() && Set(tickets).count == 100)
  }
}
