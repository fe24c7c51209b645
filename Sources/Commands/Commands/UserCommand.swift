import ArgumentParser
import Foundation
import Users

/// `martlet user`
struct UserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Users of the API and the console.",
    subcommands: [
      Add.self, List.self, Password.self, GiveRole.self, Disable.self, Enable.self, Link.self,
      Unlink.self, TwoFactor.self, Remove.self,
    ])

  /// `martlet user add NAME`
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Adds a user.")

    @Argument(help: "The name to log in with.")
    var name: String

    @Option(help: "What the user may do: the name or id of a role, or admin or user.")
    var role = "user"

    @Option(help: "The user's e-mail address.")
    var email: String?

    @Flag(help: "Read the password from standard input instead of making one.")
    var passwordStdin = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
      let given = passwordStdin ? try UserCommand.readPassword() : nil
      let password = given ?? UserCommand.makePassword()
      try await Tool.run { tool in
        let role = try await RoleCommand.role(role, tool)
        let user = try await UserStore(tool).add(
          NewUser(username: name, email: email, role: role.id), password: password,
          now: tool.backends.clock.now)
        let made = given == nil ? password : nil
        if output.json {
          try Console.json(Row(user, password: made))
        } else {
          Console.line("added \(user.username), \(user.role.name)")
          // Shown once: only its hash is kept.
          if let made { Console.line("password \(made)") }
        }
      }
    }
  }

  private static func readPassword() throws -> String {
    guard let line = readLine(strippingNewline: true), !line.isEmpty else {
      throw CommandFailure("standard input holds no password", status: .usage)
    }
    return line
  }

  /// A password of 24 characters out of 32 that are not easily confused: 120 bits.
  private static func makePassword() -> String {
    let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
    return String((0..<24).compactMap { _ in alphabet.randomElement() })
  }

  /// `martlet user password NAME`
  struct Password: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Changes a password; running processes refuse the old one within a second.")

    @Argument(help: "The name or the e-mail address.")
    var name: String

    @Flag(help: "Read the password from standard input instead of making one.")
    var passwordStdin = false

    func run() async throws {
      let given = passwordStdin ? try UserCommand.readPassword() : nil
      let password = given ?? UserCommand.makePassword()
      try await Tool.run { tool in
        try await UserStore(tool).setPassword(
          password, of: name, now: tool.backends.clock.now)
        Console.line("changed the password of \(name)")
        // Shown once: only its hash is kept.
        if given == nil { Console.line("password \(password)") }
      }
    }
  }

  /// `martlet user role NAME --role ROLE`
  struct GiveRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "role",
      abstract: "Gives a user another role, within a second in running processes.")

    @Argument(help: "The name or the e-mail address.")
    var name: String

    @Option(help: "The name or id of the role, or admin or user.")
    var role: String

    func run() async throws {
      try await Tool.run { tool in
        let role = try await RoleCommand.role(role, tool)
        let user = try await UserStore(tool).setRole(
          role.id, of: name, now: tool.backends.clock.now)
        Console.line("\(user.username) is \(user.role.name)")
      }
    }
  }

  /// `martlet user disable NAME`
  struct Disable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Refuses a user's logins, within a second in running processes; keeps the user.")

    @Argument(help: "The name or the e-mail address.")
    var name: String

    func run() async throws {
      try await Tool.run { tool in
        let user = try await UserStore(tool).setPublished(
          false, of: name, now: tool.backends.clock.now)
        Console.line("disabled \(user.username)")
      }
    }
  }

  /// `martlet user enable NAME`
  struct Enable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lets a disabled user log in again.")

    @Argument(help: "The name or the e-mail address.")
    var name: String

    func run() async throws {
      try await Tool.run { tool in
        let user = try await UserStore(tool).setPublished(
          true, of: name, now: tool.backends.clock.now)
        Console.line("enabled \(user.username)")
      }
    }
  }

  /// `martlet user two-factor`
  struct TwoFactor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The second factor of a user.", subcommands: [Reset.self])

    /// `martlet user two-factor reset NAME`
    struct Reset: AsyncParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Takes away a second factor that is lost, and ends the user's sessions.")

      @Argument(help: "The name or the e-mail address.")
      var name: String

      func run() async throws {
        try await Tool.run { tool in
          let user = try await UserStore(tool).resetSecondFactor(
            ofUserNamed: name, now: tool.backends.clock.now)
          Console.line(
            user.hasSecondFactor
              ? "reset the second factor of \(user.username)"
              : "\(user.username) had no second factor")
        }
      }
    }
  }

  /// `martlet user list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the users.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let users = try await UserStore(tool).list()
        if output.json { return try Console.json(users.map { Row($0) }) }
        var table = Table(
          .figure("ID"), .text("NAME"), .text("ROLE"), .text("E-MAIL"), .text("MAY LOG IN"))
        for user in users {
          table.add(
            "\(user.id)", user.username, user.role.name, user.email ?? "",
            user.isPublished ? "yes" : "no")
        }
        table.print(
          whenEmpty: "There are no users; `martlet user add NAME --role admin` makes one.")
      }
    }
  }

  /// `martlet user remove NAME`
  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Removes a user; running processes refuse the login within a second.")

    @Argument(help: "The name or the e-mail address.")
    var name: String

    func run() async throws {
      try await Tool.run { tool in
        try await UserStore(tool).remove(name, now: tool.backends.clock.now)
        Console.line("removed \(name)")
      }
    }
  }

  private struct Row: Encodable {
    let id: Int64
    let username: String
    let role: String
    let isAdministrator: Bool
    let email: String?
    let isPublished: Bool
    let hasSecondFactor: Bool
    let password: String?

    init(_ user: User, password: String? = nil) {
      id = user.id
      username = user.username
      role = user.role.name
      isAdministrator = user.rights.isAdministrator
      email = user.email
      isPublished = user.isPublished
      hasSecondFactor = user.hasSecondFactor
      self.password = password
    }
  }
}

extension UserStore {
  /// The store of a command's database.
  init(_ tool: Tool) {
    self.init(pool: tool.backends.postgres, hasher: PasswordHasher(), clock: tool.backends.clock)
  }
}
