import ArgumentParser
import Foundation
import Sample

extension SampleCommand {
  /// `martlet sample contacts ROWS`
  struct ContactCSV: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "contacts",
      abstract: "Writes a CSV of synthetic contacts, the same for the same arguments.",
      discussion: """
        As lists are in life: names in many scripts, quoted commas and line breaks, repeated e-mails \
        in other case, several forms of dates, and rows that cannot be taken. What was written is \
        told on standard error as JSON.
        """)

    @Argument(help: "Data rows.")
    var rows: Int

    @Option(help: "Lists with the same seed are equal.")
    var seed: UInt64 = 1

    @Option(help: "Percent of rows that repeat an earlier e-mail.")
    var duplicates: Double = 2

    @Option(help: "Percent of rows with one thing wrong.")
    var bad: Double = 0.5

    @Flag(help: "Neither repeated e-mails nor bad rows nor odd writing.")
    var plain = false

    func validate() throws {
      if rows < 0 { throw ValidationError("rows must be at least 0, not \(rows)") }
      for (name, share) in [("duplicates", duplicates), ("bad", bad)]
      where !(0...100).contains(share) {
        throw ValidationError("--\(name) is a percentage from 0 to 100, not \(share)")
      }
    }

    func run() throws {
      var list = ContactList(rows: rows, seed: seed, duplicates: duplicates, bad: bad, plain: plain)
      var buffer = Data()
      while let line = list.next() {
        buffer.append(contentsOf: line.utf8)
        if buffer.count >= 1 << 18 {
          try FileHandle.standardOutput.write(contentsOf: buffer)
          buffer.removeAll(keepingCapacity: true)
        }
      }
      try FileHandle.standardOutput.write(contentsOf: buffer)
      let summary = try JSONEncoder().encode(list.summary)
      try FileHandle.standardError.write(contentsOf: summary + Data("\n".utf8))
    }
  }
}
