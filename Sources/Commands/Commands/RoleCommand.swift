import ArgumentParser
import Foundation
import Users

/// `martlet role`
struct RoleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "role", abstract: "Roles, which say what users may do.",
    subcommands: [
      List.self, Show.self, Create.self, Grant.self, Revoke.self, TwoFactor.self, Delete.self,
    ], defaultSubcommand: List.self)

  /// The role with a name or an id; the words admin and user mean the two that a new system has.
  ///
  /// - Throws: ``CommandFailure`` that names the roles there are.
  static func role(_ name: String, _ tool: Tool) async throws -> Role {
    let store = RoleStore(tool)
    let standard = ["admin": Role.administrators, "user": Role.users][name]
    var found: Role?
    if let standard { found = try await store.find(standard) }
    if found == nil { found = try await store.find(named: name) }
    guard let found else {
      let known = try await store.page(start: 0, limit: 100).records.map(\.name)
      throw CommandFailure("there is no role \(name); there are \(known.joined(separator: ", "))")
    }
    return found
  }

  /// `martlet role list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the roles.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let store = RoleStore(tool)
        let roles = try await store.page(start: 0, limit: 1000).records
        let counts = try await store.userCounts(of: roles.map(\.id))
        let rows = roles.map { Row($0, users: counts[$0.id] ?? 0) }
        if output.json { return try Console.json(rows) }
        var table = Table(.figure("ID"), .text("NAME"), .figure("USERS"), .text("MAY"))
        for row in rows { table.add("\(row.id)", row.name, "\(row.users)", row.summary) }
        table.print(whenEmpty: "There are no roles.")
      }
    }
  }

  /// `martlet role show ROLE`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows what a role permits.")

    @Argument(help: "The name or id.")
    var role: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let found = try await RoleCommand.role(role, tool)
        let counts = try await RoleStore(tool).userCounts(of: [found.id])
        try RoleCommand.print(found, users: counts[found.id] ?? 0, output)
      }
    }
  }

  /// `martlet role create NAME`
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Creates a role.")

    @Argument(help: "The name.")
    var name: String

    @Option(help: "What it is for.")
    var description: String?

    @Flag(help: "Let it do everything.")
    var admin = false

    @Flag(help: "Have its users log in with a second factor.")
    var requiresTwoFactor = false

    @Option(help: "A permission such as lead:leads:viewown; may be given several times.")
    var grant: [String] = []

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let store = RoleStore(tool)
        // Names may be shared through the API; a command names a role by its name.
        if try await store.find(named: name) != nil {
          throw CommandFailure("there is a role \(name) already")
        }
        var input = RoleInput()
        input.name = name
        input.description = description
        input.isAdministrator = admin
        input.requiresTwoFactor = requiresTwoFactor
        input.grants = try RoleCommand.changed([:], grant, adds: true)
        let role = try await store.create(input, by: .commandLine, now: tool.backends.clock.now)
        try RoleCommand.print(role, users: 0, output)
      }
    }
  }

  /// `martlet role grant ROLE PERMISSION…`
  struct Grant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Adds permissions to a role, within a second in running processes.")

    @Argument(help: "The name or id.")
    var role: String

    @Argument(help: "Permissions such as lead:leads:viewown.")
    var permissions: [String]

    @OptionGroup var output: OutputOptions

    func run() async throws { try await RoleCommand.change(role, permissions, adds: true, output) }
  }

  /// `martlet role revoke ROLE PERMISSION…`
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Takes permissions from a role, within a second in running processes.")

    @Argument(help: "The name or id.")
    var role: String

    @Argument(help: "Permissions such as lead:leads:viewown.")
    var permissions: [String]

    @OptionGroup var output: OutputOptions

    func run() async throws { try await RoleCommand.change(role, permissions, adds: false, output) }
  }

  /// `martlet role two-factor ROLE`
  struct TwoFactor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Has a role's users log in with a second factor, or no longer.")

    @Argument(help: "The name or id.")
    var role: String

    @Flag(inversion: .prefixedNo, help: "Whether its users need one.")
    var require = true

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let store = RoleStore(tool)
        let found = try await RoleCommand.role(role, tool)
        var input = RoleInput()
        input.requiresTwoFactor = require
        let changed = try await store.update(
          found.id, input, by: .commandLine, now: tool.backends.clock.now)
        guard let changed else { throw CommandFailure("there is no role \(role)") }
        let counts = try await store.userCounts(of: [changed.id])
        try RoleCommand.print(changed, users: counts[changed.id] ?? 0, output)
      }
    }
  }

  /// `martlet role delete ROLE`
  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Deletes a role that no user has.")

    @Argument(help: "The name or id.")
    var role: String

    func run() async throws {
      try await Tool.run { tool in
        let found = try await RoleCommand.role(role, tool)
        guard
          try await RoleStore(tool).delete(
            found.id, by: .commandLine, now: tool.backends.clock.now) != nil
        else { throw CommandFailure("there is no role \(role)") }
        Console.line("deleted \(found.name)")
      }
    }
  }

  private static func change(
    _ name: String, _ permissions: [String], adds: Bool, _ output: OutputOptions
  ) async throws {
    try await Tool.run { tool in
      let store = RoleStore(tool)
      let found = try await role(name, tool)
      let changed = try await store.updateGrants(
        of: found.id, by: .commandLine, now: tool.backends.clock.now
      ) { try Self.changed($0, permissions, adds: adds) }
      guard let changed else { throw CommandFailure("there is no role \(name)") }
      let counts = try await store.userCounts(of: [changed.id])
      try print(changed, users: counts[changed.id] ?? 0, output)
    }
  }

  /// Grants with permissions added or taken away.
  ///
  /// - Throws: `PermissionError` for a text that is no permission.
  private static func changed(
    _ grants: [String: [String]], _ permissions: [String], adds: Bool
  ) throws -> [String: [String]] {
    var grants = grants
    for text in permissions {
      let permission = try Permission(text)
      let (area, level) = (permission.area.description, permission.level.rawValue)
      var levels = grants[area] ?? []
      levels.removeAll { $0 == level }
      if adds { levels.append(level) }
      grants[area] = levels.isEmpty ? nil : levels
    }
    return grants
  }

  private static func print(_ role: Role, users: Int, _ output: OutputOptions) throws {
    let row = Row(role, users: users)
    if output.json { return try Console.json(row) }
    Console.line("role \(row.id), \(row.name), of \(users == 1 ? "a user" : "\(users) users")")
    if let description = row.description { Console.line(description) }
    if row.requiresTwoFactor { Console.line("its users log in with a second factor") }
    if row.isAdministrator { Console.line("may do everything") }
    for (area, levels) in row.permissions.sorted(by: { $0.key < $1.key }) {
      for level in levels { Console.line("\(area):\(level)") }
    }
  }

  private struct Row: Encodable {
    let id: Int64
    let name: String
    let description: String?
    let isPublished: Bool
    let isAdministrator: Bool
    let requiresTwoFactor: Bool
    let permissions: [String: [String]]
    let users: Int

    init(_ role: Role, users: Int) {
      id = role.id
      name = role.name
      description = role.description
      isPublished = role.isPublished
      isAdministrator = role.permissions.isAdministrator
      requiresTwoFactor = role.requiresTwoFactor
      permissions = role.permissions.grants
      self.users = users
    }

    var summary: String {
      if !isPublished { return "nothing, it is not published" }
      if isAdministrator { return "everything" }
      return permissions.isEmpty ? "nothing" : permissions.keys.sorted().joined(separator: " ")
    }
  }
}

extension RoleStore {
  /// The store of a command's database.
  fileprivate init(_ tool: Tool) { self.init(transactions: tool.backends.jobs.transactions) }
}
