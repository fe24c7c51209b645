/// The commands of one connection in the order in which they are written and answered, and their
/// bytes. It does no input or output: the thread tells it what was written, read and lost.
struct CommandQueue: ~Copyable {
  /// Encoded commands that have not been written yet.
  private(set) var output = OutputBuffer()
  /// Commands without all of their replies are those from `head` on.
  private var commands: [PendingCommand] = []
  private var head = 0
  /// Positions in the stream of bytes to the server: where the commands end, what was written.
  private var appended = 0
  private var written = 0
  private var earliestDeadline = Monotonic.never
  /// The time the server last answered, or was first asked after owing nothing.
  private var lastProgress: Int64 = 0
  /// The time for which a reply that no caller waits for may be overdue.
  private let patience: Int64

  /// The array of commands is given back when it runs empty and is larger than this.
  private static let keptCapacity = 65_536

  init(patience: Int64) { self.patience = patience }

  var isEmpty: Bool { head == commands.count }
  var count: Int { commands.count - head }

  /// The next instant at which `expire` has something to do.
  var nextDeadline: Int64 {
    guard !isEmpty else { return Monotonic.never }
    return min(earliestDeadline, stallDeadline)
  }

  /// The instant at which the connection counts as stuck: a caller stopped waiting for the reply that is due next, so
  /// all calls behind it wait for something already overdue.
  private var stallDeadline: Int64 {
    guard !isEmpty, commands[head].isGone, commands[head].start < written else {
      return Monotonic.never
    }
    return lastProgress.addingSaturating(patience)
  }

  /// Takes over the commands since the last call. Returns their number.
  mutating func take(_ mail: inout Mail, now: Int64) -> Int {
    guard !mail.commands.isEmpty else { return 0 }
    if output.isEmpty { swap(&output, &mail.output) } else { output.append(mail.output) }
    mail.output.removeAll()
    compact()
    if isEmpty { lastProgress = now }
    let first = commands.count
    if first == 0 {
      swap(&commands, &mail.commands)
    } else {
      commands.append(contentsOf: mail.commands)
      mail.commands.removeAll(keepingCapacity: true)
    }
    var count = 0
    for index in first..<commands.count {
      appended += commands[index].size
      commands[index].end = appended
      let deadline = now.addingSaturating(commands[index].timeout)
      commands[index].deadline = deadline
      earliestDeadline = min(earliestDeadline, deadline)
      count += commands[index].replies
    }
    return count
  }

  /// Forgets finished commands, seldom enough that moving the others costs little.
  private mutating func compact() {
    if isEmpty {
      commands.removeAll(keepingCapacity: commands.capacity <= Self.keptCapacity)
      head = 0
    } else if head > 1024, head > commands.count / 2 {
      commands.removeSubrange(..<head)
      head = 0
    }
  }

  /// Records that `count` bytes at the front of `output` were written.
  mutating func wrote(_ count: Int) {
    written += count
    output.removeFirst(count)
  }

  /// Gives a reply to the command whose turn it is.
  mutating func receive(_ reply: RedisValue) throws(RedisError) {
    // A pipeline is answered while its end is still being written.
    guard !isEmpty, commands[head].start < written else {
      if case .error(let text) = reply { throw RedisError(reply: text) }
      throw RedisError(.protocol, "a reply came that no command asked for")
    }
    if commands[head].receive(reply) { head += 1 }
  }

  /// Records that the server has answered something.
  mutating func madeProgress(at now: Int64) { lastProgress = now }

  /// Ends the calls whose time is up.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - absence: The reason for having no connection; nil with one.
  /// - Returns: whether the connection is stuck and should be replaced.
  mutating func expire(at now: Int64, absence: RedisError?) -> Bool {
    guard now >= nextDeadline else { return false }
    earliestDeadline = Monotonic.never
    for index in head..<commands.count where !commands[index].isGone {
      if commands[index].deadline <= now {
        commands[index].fail(timeout(of: commands[index], absence: absence))
      } else {
        earliestDeadline = min(earliestDeadline, commands[index].deadline)
      }
    }
    if absence != nil { dropGone() }
    return now >= stallDeadline
  }

  private func timeout(of command: PendingCommand, absence: RedisError?) -> RedisError {
    let seconds = Double(command.timeout / 1_000_000) / 1000
    guard let absence else {
      return RedisError(
        .timeout, "no reply within \(seconds) s", mayHaveBeenApplied: true)
    }
    return RedisError(.connection, "no connection within \(seconds) s: \(absence.message)")
  }

  /// Ends calls whose tasks were cancelled. Tickets of finished commands are ignored.
  ///
  /// - Parameters:
  ///   - tickets: Names the commands.
  ///   - connected: Whether they may be on their way; if not, they never will be.
  mutating func cancel(_ tickets: [UInt64], connected: Bool) {
    let error = RedisError(
      .cancelled, "the task that waited was cancelled", mayHaveBeenApplied: connected)
    let tickets = Set(tickets)
    for index in head..<commands.count where tickets.contains(commands[index].ticket) {
      commands[index].fail(error)
    }
    if !connected { dropGone() }
  }

  /// Handles the loss of the connection. Written commands fail, as it is unknown whether they were executed; the others
  /// stay for the next connection.
  mutating func connectionLost(_ error: RedisError) {
    while !isEmpty, commands[head].start < written {
      let isWhole = commands[head].end <= written
      var failure = error
      // A command of which the server never got the end was certainly not executed, but the first
      // commands of a pipeline may have been.
      failure.mayHaveBeenApplied = isWhole || commands[head].replies > 1
      commands[head].fail(failure)
      head += 1
    }
    let rest = (isEmpty ? appended : commands[head].start) - written
    if rest > 0 { output.removeFirst(rest) }
    dropGone()
  }

  /// Removes, with their bytes, commands that no caller waits for. Only while nothing of them has been written.
  mutating func dropGone() {
    var kept: [PendingCommand] = []
    var bytes = OutputBuffer()
    var offset = 0
    appended = 0
    written = 0
    for var command in commands[head...] {
      if !command.isGone {
        output.withBytes { all in
          bytes.append(UnsafeRawBufferPointer(rebasing: all[offset..<offset + command.size]))
        }
        appended += command.size
        command.end = appended
        kept.append(command)
      }
      offset += command.size
    }
    swap(&output, &bytes)
    commands = kept
    head = 0
  }

  /// Ends all calls, whether written or not.
  mutating func failAll(_ error: RedisError) {
    connectionLost(error)
    for index in head..<commands.count { commands[index].fail(error) }
    commands = []
    head = 0
    output.removeAll()
    (appended, written) = (0, 0)
  }
}

extension Int64 {
  func addingSaturating(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}
