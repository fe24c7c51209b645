import Foundation
import JobQueue
import Logging
import Postgres

/// Reads a monitored mailbox: a maildir, whose messages are moved to `cur` once recorded, or an mbox file, whose
/// read position is stored (EML-420).
struct BounceMailbox: Sendable {
  let pool: PostgresPool
  let recorder: BounceRecorder
  let logger: Logger
  /// The maximum number of messages read in one run.
  static let size = 500

  /// Reads new messages and records their reports.
  ///
  /// - Returns: Whether there may be more.
  func read(_ address: String, now: Date) async throws -> Bool {
    if address.hasPrefix("maildir:") {
      return try await readFolder(String(address.dropFirst("maildir:".count)), now: now)
    }
    if address.hasPrefix("mbox:") {
      return try await readFile(String(address.dropFirst("mbox:".count)), now: now)
    }
    return false
  }

  private func readFolder(_ path: String, now: Date) async throws -> Bool {
    let manager = FileManager.default
    guard manager.fileExists(atPath: path + "/new") else { return false }
    let names = try manager.contentsOfDirectory(atPath: path + "/new").sorted()
    var count = 0
    for name in names {
      guard count < Self.size else { return true }
      let file = "\(path)/new/\(name)"
      guard let message = contents(file) else { continue }
      count += 1
      try await record(message, now: now)
      try manager.createDirectory(atPath: path + "/cur", withIntermediateDirectories: true)
      do {
        try manager.moveItem(atPath: file, toPath: "\(path)/cur/\(name):2,S")
      } catch {
        // Another worker was faster. The message is recorded, and a second record has no effect.
        if manager.fileExists(atPath: file) { throw error }
      }
    }
    return false
  }

  /// Records the reports of a message. One that fails alone is set aside, so that it does not stop the others
  /// (EML-427).
  private func record(_ message: [UInt8], now: Date) async throws {
    do {
      try await recorder.record(BounceParser.reports(message, now: now))
    } catch {
      if ErrorCause.isElsewhere(error) { throw error }
      try await BounceAsideStore.add(
        Array(message.prefix(BounceParser.longest)), error, now: now, in: pool)
      MailMetrics().countBounceAside()
      logger.error(
        "a returned message could not be recorded and is set aside", metadata: ["error": "\(error)"]
      )
    }
  }

  /// Records messages that were set aside and are due again.
  func retry(now: Date, _ check: () throws -> Void) async throws {
    while let (id, message) = try await BounceAsideStore.take(now: now, in: pool) {
      try check()
      do {
        try await recorder.record(BounceParser.reports(message, now: now))
        try await BounceAsideStore.delete(id, in: pool)
      } catch {
        if ErrorCause.isElsewhere(error) { throw error }
        try await BounceAsideStore.note(id, error, in: pool)
      }
    }
  }

  /// Returns the beginning of a file; nil if it cannot be read, so that it does not block the others.
  private func contents(_ path: String) -> [UInt8]? {
    do {
      let file = try FileHandle(forReadingFrom: URL(filePath: path))
      defer { closeQuietly(file) }
      return [UInt8](try file.read(upToCount: BounceParser.longest) ?? Data())
    } catch {
      logger.warning("a bounce cannot be read", metadata: ["error": "\(error)"])
      return nil
    }
  }

  private func readFile(_ path: String, now: Date) async throws -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    let known: Int64 =
      try await pool.query("SELECT position FROM mail_mailboxes WHERE path = \(path)")
      .first?.decode(at: 0) ?? 0
    let file = try FileHandle(forReadingFrom: URL(filePath: path))
    defer { closeQuietly(file) }
    let size = Int64(try file.seekToEnd())
    // A file that became shorter is a new one.
    let start = size < known ? 0 : known
    guard size > start else { return false }
    try file.seek(toOffset: UInt64(start))
    let data = [UInt8](try file.read(upToCount: 16 << 20) ?? Data())
    let isWhole = start + Int64(data.count) == size
    let (messages, used) = Self.split(data, isWhole: isWhole)
    for message in messages { try await record(message, now: now) }
    // A single message that is longer than one read is skipped.
    let position = start + Int64(used == 0 ? data.count : used)
    try await pool.query(
      """
      INSERT INTO mail_mailboxes (path, position) VALUES (\(path), \(position))
      ON CONFLICT (path) DO UPDATE SET position = excluded.position
      """)
    return !isWhole
  }

  private func closeQuietly(_ file: FileHandle) {
    do {
      try file.close()
    } catch {
      logger.debug("a mailbox could not be closed", metadata: ["error": "\(error)"])
    }
  }

  /// Splits an mbox at its `From ` lines. The last message counts only if the data reaches the end of the file.
  static func split(_ data: [UInt8], isWhole: Bool) -> (messages: [[UInt8]], used: Int) {
    var starts: [Int] = []
    let mark = Array("From ".utf8)
    var position = 0
    while position < data.count {
      if data[position...].starts(with: mark), position == 0 || data[position - 1] == 0x0A {
        starts.append(position)
      }
      guard let end = data[position...].firstIndex(of: 0x0A) else { break }
      position = end + 1
    }
    var messages: [[UInt8]] = []
    var used = 0
    for (index, start) in starts.enumerated() {
      let isLast = index == starts.count - 1
      if isLast, !isWhole { break }
      let end = isLast ? data.count : starts[index + 1]
      let body = data[start..<end].firstIndex(of: 0x0A).map { $0 + 1 } ?? end
      messages.append(Array(data[body..<end]))
      used = end
    }
    return (messages, used)
  }
}

/// Checks the monitored mailbox for bounces.
struct ReadBounces: DurableJob {
  static let name = "mail.bounces"
  static let queue = MailQueues.normal
  static let options = JobOptions(maxAttempts: 3)
}
