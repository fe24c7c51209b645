import ArgumentParser
import Foundation
import Primitives
import Processes
import Runtime
import Users

/// `martlet audit`
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "The log of changes: proves that it is whole, and exports it.",
    subcommands: [Verify.self, Write.self], defaultSubcommand: Verify.self)

  /// `martlet audit verify`
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Recomputes the chain of the log, and prints its end.",
      discussion: """
        Keep the hash that it prints outside of the database: with --expect it proves later that \
        nothing up to it was changed or cut off. Exit status 1 if something does not fit.
        """)

    @Option(help: "A hash that an earlier run has printed, which must be in the chain.")
    var expect: String?

    @Option(help: "A file with former values of MARTLET_SECRET, one a line, which may have signed.")
    var formerSecrets: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard let expect else { return }
      guard expect.utf8.count == 64, Hex.decode(expect) != nil else {
        throw ValidationError("--expect takes the 64 hexadecimal digits of a hash")
      }
    }

    func run() async throws {
      try await Tool.run { tool in
        let former = try formerSecrets.map(Self.secrets) ?? []
        let verifier = AuditVerifier(
          signers: AuditSigners(secrets: [Backends.secret(tool.configuration)] + former))
        let report = try await verifier.verify(expecting: expect, on: tool.backends.postgres)
        let row = Row(report, now: tool.backends.clock.now)
        if output.json { try Console.json(row) } else { row.print() }
        if !report.isRight { throw ExitCode(ExitStatus.failed.rawValue) }
      }
    }

    private static func secrets(in path: String) throws -> [String] {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw CommandFailure("\(path) cannot be read", status: .usage)
      }
      return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        .map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
    }
  }

  /// `martlet audit export`
  struct Write: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Writes the log as lines of JSON, by id.")

    @Option(name: .shortAndLong, help: "The file; - for standard output.")
    var output = "-"

    @Option(help: "The first day, such as 2026-01-31, in UTC.")
    var from: String?

    @Option(help: "The last day, in UTC.")
    var to: String?

    func validate() throws {
      for (name, text) in [("--from", from), ("--to", to)] where text != nil {
        guard Self.day(text) != nil else {
          throw ValidationError("\(name) takes a day such as 2026-01-31")
        }
      }
    }

    func run() async throws {
      try await Tool.run { tool in
        let target = try ExportTarget(output)
        do {
          let count = try await AuditLogStore(pool: tool.backends.postgres).export(
            from: Self.day(from), to: Self.day(to)?.addingTimeInterval(86_400)
          ) { lines in
            try target.handle.write(contentsOf: Data(lines.utf8))
          }
          try target.keep()
          Console.error("\(count) entries")
        } catch {
          target.discard()
          throw error
        }
      }
    }

    private static func day(_ text: String?) -> Date? {
      guard let text else { return nil }
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.map(\.utf8.count) == [4, 2, 2] else { return nil }
      let numbers = parts.compactMap { UInt16($0) }.map { Int($0) }
      guard numbers.count == 3 else { return nil }
      let day = CivilDay.number(numbers[0], numbers[1], numbers[2])
      // A day that the month does not have is another one's.
      guard CivilDay.date(day) == (numbers[0], numbers[1], numbers[2]) else { return nil }
      return Date(timeIntervalSince1970: Double(day) * 86_400)
    }
  }

  /// A report as it is printed.
  struct Row: Encodable {
    let isRight: Bool
    let blocks: Int64
    let entries: Int64
    let dropped: Int64?
    let head: AuditReport.Head?
    let unsealed: Int64
    let oldestUnsealedSeconds: Double?
    let hasExpected: Bool?
    let fault: AuditReport.Fault?

    init(_ report: AuditReport, now: Date) {
      isRight = report.isRight
      blocks = report.blocks
      entries = report.entries
      dropped = report.dropped
      head = report.head
      unsealed = report.unsealed
      oldestUnsealedSeconds = report.oldestUnsealed.map { max(0, now.timeIntervalSince($0)) }
      hasExpected = report.hasExpected
      fault = report.fault
    }

    func print() {
      Console.line("\(entries) entries in \(blocks) blocks are as they were written")
      if let dropped { Console.line("retention has dropped the blocks up to \(dropped)") }
      if let fault {
        let block = fault.block.map { "block \($0)" }
        let entry = fault.entry.map { "entry \($0)" }
        let place = [block, entry].compactMap { $0 }.joined(separator: ", ")
        return Console.line("WRONG: \(place): \(fault.text)")
      }
      if unsealed > 0 {
        let age = oldestUnsealedSeconds.map { ", the oldest for \(Age.text($0))" } ?? ""
        Console.line("\(unsealed) entries wait to be sealed\(age)")
      }
      if hasExpected == false { Console.line("WRONG: the expected hash is not in the chain") }
      if let head { Console.line("head \(head.hash) of block \(head.block)") }
    }
  }
}
