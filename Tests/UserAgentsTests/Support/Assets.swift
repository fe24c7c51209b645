import Foundation
import TestSupport
import UserAgents

/// The lists, and the agents that the package's own tests try.
enum Assets {
  /// The data, read once.
  static func data() throws -> AgentData { try read.get() }
  private static let read = Result { try AgentDataFile.read(TestAssets.path(AgentDataFile.name)) }

  /// A parser that keeps whole versions, as the package's own tests expect.
  static func parser() throws -> UserAgentParser { try exact.get() }
  private static let exact = Result { try UserAgentParser(data(), versionParts: nil) }

  /// A parser as the processes have it.
  static func standard() throws -> UserAgentParser { try short.get() }
  private static let short = Result { try UserAgentParser(data()) }

  /// The agents that the package's own tests try.
  static func fixtures() throws -> [Fixture] { try agents.get() }
  private static let agents = Result {
    let url = URL(fileURLWithPath: try TestAssets.path("user-agents-fixtures.json"))
    return try JSONDecoder().decode([Fixture].self, from: Data(contentsOf: url))
  }
}

/// A user agent, the headers beside it, and what it says.
struct Fixture: Decodable, Sendable {
  /// The file of the package.
  let file: String
  let agent: String
  let headers: [String: String]?
  let bot: [String: String]?
  let system: [String: String]?
  let client: [String: String]?
  let device: [String: String]?

  var hints: ClientHints {
    var lowered: [String: String] = [:]
    for (name, value) in headers ?? [:] { lowered[name.lowercased()] = value }
    return ClientHints { lowered[$0] }
  }

  /// The parts in which a description differs, as `part: found, expected`.
  func differences(_ found: AgentDescription) -> [(part: String, text: String)] {
    let pairs: [(String, String?, String?)] =
      if let bot {
        [("bot", found.bot?.name, bot["name"]), ("category", found.bot?.category, bot["category"])]
      } else {
        [
          ("bot", found.bot?.name, nil),
          ("system", found.system?.name, system?["name"]),
          ("system version", found.system?.version, system?["version"]),
          ("platform", found.system?.platform, system?["platform"]),
          ("client", found.client?.name, client?["name"]),
          ("client version", found.client?.version, client?["version"]),
          ("engine", found.client?.browser?.engine, client?["engine"]),
          ("engine version", found.client?.browser?.engineVersion, client?["engine_version"]),
          ("kind", found.device.kind?.rawValue, device?["type"]),
          ("brand", found.device.brand, device?["brand"]),
          ("model", found.device.model, device?["model"]),
        ]
      }
    return pairs.compactMap { part, found, expected in
      let (found, expected) = (found ?? "", expected ?? "")
      return found == expected ? nil : (part, "\"\(found)\", not \"\(expected)\"")
    }
  }
}
