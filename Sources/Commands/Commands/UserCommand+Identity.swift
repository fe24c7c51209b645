import ArgumentParser
import Foundation
import OpenID
import Runtime
import Users

extension UserCommand {
  /// `martlet user link NAME SUBJECT`
  struct Link: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lets a user log in by the provider of openid_issuer, whatever the address there.")

    @Argument(help: "The name or the e-mail address.")
    var name: String

    @Argument(help: "The user's id at the provider: the claim sub of its tokens.")
    var subject: String

    func run() async throws {
      try await Tool.run { tool in
        let issuer = try await tool.backends.settings.value(.openIDIssuer)
        guard !issuer.isEmpty else { throw CommandFailure("openid_issuer is not set") }
        let user = try await UserCommand.user(name, tool)
        let isLinked = try await UserCommand.identities(tool).link(
          user, to: subject, at: issuer, by: .commandLine)
        guard isLinked else {
          throw CommandFailure(
            "another user has this subject, or \(user.username) has one at \(issuer)")
        }
        Console.line("linked \(user.username) to \(subject) at \(issuer)")
      }
    }
  }

  /// `martlet user unlink NAME`
  struct Unlink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Forgets who a user is at providers of OpenID Connect; sessions go on.")

    @Argument(help: "The name or the e-mail address.")
    var name: String

    func run() async throws {
      try await Tool.run { tool in
        let user = try await UserCommand.user(name, tool)
        let count = try await UserCommand.identities(tool).unlink(user, by: .commandLine)
        Console.line(
          "unlinked \(user.username) from \(count) \(count == 1 ? "subject" : "subjects")")
      }
    }
  }

  private static func identities(_ tool: Tool) -> IdentityEditor {
    IdentityEditor(transactions: tool.backends.jobs.transactions)
  }

  private static func user(_ name: String, _ tool: Tool) async throws -> User {
    guard let user = try await UserStore(tool).find(name) else { throw UserError.notFound }
    return user
  }
}
