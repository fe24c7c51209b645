import ArgumentParser
import Foundation
import Primitives
import Processes

/// `martlet mcp`
struct MCPCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mcp",
    abstract: "Speaks the Model Context Protocol over standard input and output.",
    discussion: """
      For programs with language models: each line is a message, and goes to /mcp of the API that \
      --url or MARTLET_API_URL names, with the login of --user or MARTLET_API_USER. What the tools \
      may do is what this user may do.
      """)

  @OptionGroup var remote: RemoteOptions

  func run() async throws {
    guard let place = try remote.api() else {
      throw CommandFailure("mcp asks an API: --url, or MARTLET_API_URL", status: .usage)
    }
    let api = try RemoteAPI(url: place.url, user: place.user, password: place.password)
    // One message after the other: nothing else goes on in this process while it waits for a line.
    while let line = readLine() {
      guard !line.allSatisfy(\.isWhitespace) else { continue }
      do {
        let answer = try await api.ask(
          "POST", "mcp", type: "application/json", body: Data(line.utf8))
        if !answer.isEmpty { Console.line(String(decoding: answer, as: UTF8.self)) }
      } catch {
        let text = Problem.text(of: error)
        Console.error(text)
        if let failure = try Self.failure(of: line, text) { Console.line(failure) }
      }
    }
  }

  /// The answer to a message that did not reach the API or was refused; nil for one that wants no answer.
  private static func failure(of line: String, _ text: String) throws -> String? {
    let message: JSONValue
    do {
      message = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
    } catch {
      message = .object(["id": .null])
    }
    guard let id = message["id"] else { return nil }
    let answer: JSONValue = .object([
      "jsonrpc": .string("2.0"), "id": id,
      "error": .object(["code": .integer(-32_603), "message": .string(text)]),
    ])
    return String(decoding: try JSONEncoder().encode(answer), as: UTF8.self)
  }
}
