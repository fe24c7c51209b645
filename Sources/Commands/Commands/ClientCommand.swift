import ArgumentParser
import Foundation
import OAuth

/// `martlet client`
struct ClientCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "client",
    abstract: "Clients of OAuth: applications that act for users, or for themselves with a role.",
    subcommands: [Add.self, List.self, Remove.self], defaultSubcommand: List.self)

  /// `martlet client add NAME`
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Adds a client and shows its secret, once: only a digest is kept.")

    @Argument(help: "What users are told of it.")
    var name: String

    @Option(
      help:
        "An address that codes may be sent to, as its requests name it; may be given several times."
    )
    var redirect: [String] = []

    @Option(
      help:
        "authorization_code, refresh_token or client_credentials; may be given several times. All that fit, if none is given."
    )
    var grant: [String] = []

    @Option(help: "The name or id of the role with which it acts for itself.")
    var role: String?

    @Flag(
      name: .customLong("public"),
      help: "It can keep no secret: an app on a telephone or in a browser, which uses PKCE.")
    var isPublic = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        var input = ClientInput()
        input.name = name
        input.isConfidential = !isPublic
        input.redirectURIs = redirect
        input.grants = grant.isEmpty ? nil : grant
        if let role { input.role = .some(try await RoleCommand.role(role, tool).id) }
        let client = try await ClientStore(tool).create(
          input, by: .commandLine, now: tool.backends.clock.now)
        if output.json { return try Console.json(Row(client)) }
        Console.line("added \(client.name), id \(client.id)")
        Console.line("client_id \(client.publicID)")
        if let secret = client.secret { Console.line("client_secret \(secret)") }
      }
    }
  }

  /// `martlet client list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the clients.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let clients = try await ClientStore(tool).page(start: 0, limit: 1000).records
        if output.json { return try Console.json(clients.map { Row($0) }) }
        var table = Table(
          .figure("ID"), .text("NAME"), .text("GRANTS"), .text("ROLE"), .text("STATE"))
        for client in clients {
          table.add(
            "\(client.id)", client.name, client.grants.map(\.rawValue).joined(separator: " "),
            client.roleName ?? "-", client.isPublished ? "in use" : "off")
        }
        table.print(whenEmpty: "There are no clients; `martlet client add NAME` makes one.")
      }
    }
  }

  /// `martlet client remove CLIENT`
  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Removes a client with its tokens, within a second in running processes.")

    @Argument(help: "The id, or the client_id.")
    var client: String

    func run() async throws {
      try await Tool.run { tool in
        let store = ClientStore(tool)
        var id = Int64(client)
        if id == nil { id = try await store.find(publicID: client)?.id }
        guard let id,
          let removed = try await store.delete(id, by: .commandLine, now: tool.backends.clock.now)
        else { throw CommandFailure("there is no client \(client)") }
        Console.line("removed \(removed.name)")
      }
    }
  }

  private struct Row: Encodable {
    let id: Int64
    let name: String
    let clientID: String
    let clientSecret: String?
    let isConfidential: Bool
    let redirectURIs: [String]
    let grants: [String]
    let role: String?
    let isPublished: Bool
    let dateAdded: Date

    init(_ client: OAuthClient) {
      id = client.id
      name = client.name
      clientID = client.publicID
      clientSecret = client.secret
      isConfidential = client.isConfidential
      redirectURIs = client.redirectURIs.map(\.description)
      grants = client.grants.map(\.rawValue)
      role = client.roleName
      isPublished = client.isPublished
      dateAdded = client.dates.added
    }
  }
}

extension ClientStore {
  /// The store of a command's database.
  fileprivate init(_ tool: Tool) { self.init(transactions: tool.backends.jobs.transactions) }
}
