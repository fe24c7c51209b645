import ArgumentParser
import Foundation
import JobQueue
import Processes
import Tracking

/// `martlet write-keys`
struct WriteKeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "write-keys",
    abstract: "Write keys, with which apps, websites and servers send events.",
    subcommands: [Create.self, List.self, Revoke.self], defaultSubcommand: List.self)

  /// `martlet write-keys create NAME`
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes a key and shows it, once: only its hash is kept.")

    @Argument(help: "What the key is for.")
    var name: String

    @Flag(help: "A server keeps it: its messages may change any field and merge contacts.")
    var server = false

    @Option(
      help: "An origin that may use it, such as https://www.example.com; * for any characters.")
    var origin: [String] = []

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let (key, secret) = try await tool.backends.jobs.transaction { transaction in
          try await WriteKeyStore.create(
            name: name, isServer: server, origins: origin, in: transaction)
        }
        if output.json { return try Console.json(Row(key, secret: secret)) }
        Console.line("made \(key.name), id \(key.id)")
        Console.line("key \(secret)")
      }
    }
  }

  /// `martlet write-keys list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the keys, those that are revoked too.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let keys = try await WriteKeyStore.all(in: tool.backends.postgres)
        if output.json { return try Console.json(keys.map { Row($0) }) }
        var table = Table(
          .figure("ID"), .text("NAME"), .text("KIND"), .text("ORIGINS"), .text("STATE"))
        for key in keys {
          table.add(
            "\(key.id)", key.name, key.isServer ? "server" : "public",
            key.origins.joined(separator: " "), key.revokedAt == nil ? "in use" : "revoked")
        }
        table.print(whenEmpty: "There are no keys; `martlet write-keys create NAME` makes one.")
      }
    }
  }

  /// `martlet write-keys revoke ID`
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Refuses a key; running processes do so within a second.")

    @Argument(help: "The key's id.")
    var id: Int64

    func run() async throws {
      try await Tool.run { tool in
        let key = try await tool.backends.jobs.transaction { transaction in
          try await WriteKeyStore.revoke(id, in: transaction)
        }
        guard let key else { throw CommandFailure("there is no write key \(id)") }
        Console.line("\(key.name) is revoked")
      }
    }
  }

  private struct Row: Encodable {
    let id: Int64
    let name: String
    let isServer: Bool
    let origins: [String]
    let dateAdded: Date
    let revokedAt: Date?
    let key: String?

    init(_ key: WriteKey, secret: String? = nil) {
      id = key.id
      name = key.name
      isServer = key.isServer
      origins = key.origins
      dateAdded = key.dateAdded
      revokedAt = key.revokedAt
      self.key = secret
    }
  }
}
