import Synchronization
import TestSupport
import Testing

@testable import Redis

/// The fate of commands when a connection breaks at any byte, calls end at any time, and replies
/// come in any portions. No server, no clock.
struct CommandQueueTests {
  private static let lost = RedisError(.connection, "lost")

  @Test func whatWasWrittenFailsAndTheRestStays() async {
    let results = await Waiters.outcomes(3) { waiters in
      var queue = CommandQueue(patience: 1000)
      queue.ask(["ECHO", "one"], waiters[0])
      let whole = queue.output.count
      queue.ask(["ECHO", "two"], waiters[1])
      queue.ask(["ECHO", "three"], waiters[2])
      queue.wrote(whole + 5)
      queue.connectionLost(Self.lost)
      #expect(queue.sending == encoded(["ECHO", "three"]))
      queue.wrote(queue.output.count)
      queue.hear(.status("three"))
      queue.failAll(.closed)
    }
    #expect(results[0].failure?.mayHaveBeenApplied == true)
    // The server has never seen its end.
    #expect(results[1].failure == Self.lost)
    #expect(results[2] == .success(.status("three")))
  }

  @Test func aPipelineOfWhichAPartWasWrittenMayHaveBeenApplied() async {
    let result: Result<[RedisResult], RedisError> = await withUnsafeContinuation { waiter in
      var queue = CommandQueue(patience: 1000)
      var mail = Mail()
      mail.output.append(command: ["ECHO", "one"])
      mail.output.append(command: ["ECHO", "two"])
      var command = PendingCommand(
        waiter: .pipeline(waiter), ticket: 1, timeout: 1000, replies: 2)
      command.size = mail.output.count
      mail.commands.append(command)
      let taken = queue.take(&mail, now: 0)
      #expect(taken == 2)
      queue.wrote(command.size - 1)
      queue.hear(.status("one"))
      queue.connectionLost(Self.lost)
      #expect(queue.count == 0)
      #expect(queue.output.count == 0)
    }
    #expect(throws: RedisError.self) { try result.get() }
    if case .failure(let error) = result { #expect(error.mayHaveBeenApplied) }
  }

  @Test func aReplyThatNobodyAskedForIsAnError() {
    var queue = CommandQueue(patience: 1000)
    var error: RedisError?
    do throws(RedisError) { try queue.receive(.status("what")) } catch let thrown { error = thrown }
    #expect(error?.code == .protocol)
  }

  @Test func deadlines() async {
    let results = await Waiters.outcomes(2) { waiters in
      var queue = CommandQueue(patience: 1000)
      #expect(queue.nextDeadline == Monotonic.never)
      queue.ask(["ECHO", "one"], waiters[0], timeout: 50)
      queue.ask(["ECHO", "two"], waiters[1], timeout: 5000)
      queue.wrote(queue.output.count)
      #expect(queue.nextDeadline == 50)
      let stuck = [49, 50].map { queue.expire(at: $0, absence: nil) }
      #expect(stuck == [false, false])
      // The first reply is still due; the patience with it began when it was asked.
      #expect(queue.nextDeadline == 1000)
      let stuckAtLast = queue.expire(at: 1000, absence: nil)
      #expect(stuckAtLast)
      queue.failAll(.closed)
    }
    #expect(results[0].failure?.code == .timeout)
    #expect(results[1].failure?.code == .closed)
  }

  /// A simulated server that dies and returns. Whatever happens: no command runs twice, none runs
  /// that was said not to have, and every reply reaches its own caller.
  @Test(arguments: SeededGenerator.seeds(200))
  func noCommandRunsTwice(seed: UInt64) async {
    let count = 40
    let executed = Mutex<[Int]>([])
    let results = await Waiters.outcomes(count) { waiters in
      var random = SeededGenerator(seed: seed)
      var simulation = Simulation()
      var waiters = waiters[...]
      while !waiters.isEmpty || Int.random(in: 0..<50, using: &random) > 0 {
        simulation.step(&waiters, using: &random)
      }
      simulation.queue.failAll(.closed)
      executed.withLock { $0 = simulation.executed }
    }
    let runs = executed.withLock { $0 }
    #expect(Set(runs).count == runs.count)
    for (number, result) in results.enumerated() {
      switch result {
      case .success(let reply):
        #expect(reply == .integer(Int64(number)))
        #expect(runs.contains(number))
      case .failure(let error):
        #expect(error.mayHaveBeenApplied || !runs.contains(number), "\(number): \(error)")
      }
    }
  }
}

/// A queue, a wire that takes any number of bytes at a time, and a server.
private struct Simulation: ~Copyable {
  var queue = CommandQueue(patience: 300)
  var executed: [Int] = []
  private var received: [UInt8] = []
  private var replies: [RedisValue] = []
  private var isConnected = false
  private var now: Int64 = 0
  private var asked = 0
  private var answered = 0

  mutating func step(
    _ waiters: inout ArraySlice<UnsafeContinuation<RedisResult, Never>>,
    using random: inout SeededGenerator
  ) {
    switch Int.random(in: 0..<12, using: &random) {
    case 0...3: ask(&waiters, using: &random)
    case 4...6: write(Int.random(in: 0...queue.output.count, using: &random))
    case 7, 8: reply(Int.random(in: 0...3, using: &random))
    case 9: isConnected ? lose() : connect()
    case 10:
      queue.cancel([UInt64.random(in: 0...UInt64(asked), using: &random)], connected: isConnected)
    default:
      now += Int64.random(in: 0...100, using: &random)
      if queue.expire(at: now, absence: isConnected ? nil : .closed) { lose() }
    }
  }

  private mutating func ask(
    _ waiters: inout ArraySlice<UnsafeContinuation<RedisResult, Never>>,
    using random: inout SeededGenerator
  ) {
    guard let waiter = waiters.popFirst() else { return }
    let padding = RedisArgument(bytes: random.bytes(upTo: 30))
    queue.ask(
      [RedisArgument(asked), padding], waiter, ticket: UInt64(asked),
      timeout: .random(in: 1...500, using: &random), now: now)
    asked += 1
  }

  private mutating func connect() {
    queue.dropGone()
    isConnected = true
  }

  private mutating func write(_ count: Int) {
    guard isConnected else { return }
    received += queue.sending.prefix(count)
    queue.wrote(count)
    var commands: [RedisValue] = []
    do throws(RedisError) {
      commands = try RedisTests.replies(in: received)
    } catch {
      Issue.record(error)
    }
    // The parser starts over each time, so what it finds again has been executed before.
    for command in commands.dropFirst(answered) {
      guard let number = command.array?.first?.int else { continue }
      executed.append(Int(number))
      replies.append(.integer(number))
      answered += 1
    }
  }

  private mutating func reply(_ count: Int) {
    guard isConnected else { return }
    for _ in 0..<min(count, replies.count) {
      let reply = replies.removeFirst()
      queue.hear(reply)
    }
    queue.madeProgress(at: now)
  }

  private mutating func lose() {
    queue.connectionLost(RedisError(.connection, "lost"))
    isConnected = false
    received = []
    replies = []
    answered = 0
  }
}

extension CommandQueue {
  fileprivate mutating func ask(
    _ command: [RedisArgument], _ waiter: UnsafeContinuation<RedisResult, Never>,
    ticket: UInt64 = 0, timeout: Int64 = 1000, now: Int64 = 0
  ) {
    var mail = Mail()
    mail.output.append(command: command)
    var pending = PendingCommand(waiter: .single(waiter), ticket: ticket, timeout: timeout)
    pending.size = mail.output.count
    mail.commands.append(pending)
    _ = take(&mail, now: now)
  }

  fileprivate mutating func hear(_ reply: RedisValue) {
    do throws(RedisError) { try receive(reply) } catch { Issue.record(error) }
  }

  fileprivate var sending: [UInt8] { output.withBytes { Array($0) } }
}

extension RedisResult {
  var failure: RedisError? {
    if case .failure(let error) = self { error } else { nil }
  }
}

/// The bytes of one command.
private func encoded(_ command: [RedisArgument]) -> [UInt8] {
  var output = OutputBuffer()
  output.append(command: command)
  return output.withBytes { Array($0) }
}
