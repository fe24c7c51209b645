import ArgumentParser
import Foundation
import OAuth
import Users

/// `martlet token`
struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Tokens with which programs act for a user.",
    subcommands: [Add.self, List.self, Revoke.self], defaultSubcommand: List.self)

  /// The user with a name or an address.
  ///
  /// - Throws: ``CommandFailure``.
  private static func user(_ name: String, _ tool: Tool) async throws -> User {
    let store = UserStore(
      pool: tool.backends.postgres, hasher: PasswordHasher(), clock: tool.backends.clock)
    guard let user = try await store.find(name) else {
      throw CommandFailure("there is no user \(name)")
    }
    return user
  }

  /// `martlet token add USER NAME`
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes a token and shows it, once: only a digest is kept.")

    @Argument(help: "The name or the e-mail address of the user for whom it acts.")
    var user: String

    @Argument(help: "What it is for.")
    var name: String

    @Flag(help: "It may look at what the user may look at, and change nothing.")
    var readOnly = false

    @Option(
      help:
        "A permission such as lead:leads:viewown; may be given several times. Without any it may do all that the user may."
    )
    var permission: [String] = []

    @Option(
      help:
        "An address or a network such as 192.0.2.0/24 from which it is taken; may be given several times."
    )
    var network: [String] = []

    @Option(help: "The days after which it expires; never, if none are given.")
    var days: Int?

    @OptionGroup var output: OutputOptions

    func validate() throws {
      if readOnly, !permission.isEmpty {
        throw ValidationError("Give either --read-only or permissions.")
      }
      if let days, !(1...36_500).contains(days) {
        throw ValidationError("--days must be from 1 to 36500.")
      }
    }

    func run() async throws {
      try await Tool.run { tool in
        var input = APITokenInput(name: name)
        if readOnly { input.scope = [TokenScope.readOnlyWord] }
        if !permission.isEmpty { input.scope = permission }
        input.networks = network
        input.expires = days.map {
          tool.backends.clock.now.addingTimeInterval(Double($0) * 86_400)
        }
        let owner = try await TokenCommand.user(user, tool)
        let token = try await APITokenStore(tool).create(input, of: owner, by: .commandLine)
        if output.json { return try Console.json(Row(token)) }
        Console.line("made \(token.name) of \(token.user.name), id \(token.id)")
        if let secret = token.secret { Console.line("token \(secret)") }
      }
    }
  }

  /// `martlet token list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the tokens, those that are revoked too.")

    @Argument(help: "The name or the e-mail address of a user; all users, if none is given.")
    var user: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        var owner: Int64?
        if let user { owner = try await TokenCommand.user(user, tool).id }
        let tokens = try await APITokenStore(tool).page(of: owner, start: 0, limit: 1000).records
        if output.json { return try Console.json(tokens.map { Row($0) }) }
        let now = tool.backends.clock.now
        var table = Table(
          .figure("ID"), .text("USER"), .text("NAME"), .text("TOKEN"), .text("SCOPE"),
          .text("STATE"))
        for token in tokens {
          let scope = token.scope.words?.joined(separator: " ") ?? "everything"
          table.add(
            "\(token.id)", token.user.name, token.name, "\(token.prefix)…", scope,
            Row(token).state(at: now))
        }
        table.print(whenEmpty: "There are no tokens; `martlet token add USER NAME` makes one.")
      }
    }
  }

  /// `martlet token revoke ID`
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Refuses a token, within a second in running processes.")

    @Argument(help: "The token's id.")
    var id: Int64

    func run() async throws {
      try await Tool.run { tool in
        guard let token = try await APITokenStore(tool).revoke(id, by: .commandLine) else {
          throw CommandFailure("there is no token \(id)")
        }
        Console.line("\(token.name) of \(token.user.name) is revoked")
      }
    }
  }

  private struct Row: Encodable {
    let id: Int64
    let user: String
    let name: String
    let prefix: String
    let token: String?
    let scope: [String]?
    let networks: [String]
    let dateAdded: Date
    let expires: Date?
    let lastUsed: Date?
    let revoked: Date?

    init(_ token: APIToken) {
      id = token.id
      user = token.user.name
      name = token.name
      prefix = token.prefix
      self.token = token.secret
      scope = token.scope.words
      networks = token.networks.map(\.description)
      dateAdded = token.added
      expires = token.expires
      lastUsed = token.lastUsed
      revoked = token.revoked
    }

    func state(at now: Date) -> String {
      if revoked != nil { return "revoked" }
      return expires.map { $0 <= now } ?? false ? "expired" : "in use"
    }
  }
}

extension APITokenStore {
  /// The store of a command's database.
  fileprivate init(_ tool: Tool) { self.init(transactions: tool.backends.jobs.transactions) }
}
