package import Primitives

/// The design of e-mails, pages and forms: a zip archive with templates, for programs that put them together (api.md 10).
package struct Theme: Sendable, Equatable {
  /// The name of its archive, without the ending.
  package var key: String
  /// The name that it gives itself.
  package var name: String
  /// What its `config.json` says; the order of members is lost.
  package var config: JSONValue
}

/// The error of a theme that cannot be changed as asked for.
package enum ThemeError: Error, Equatable, CustomStringConvertible {
  /// The theme belongs to the program.
  case builtIn(String)
  /// There are as many themes as there may be.
  case tooMany(Int)

  package var description: String {
    switch self {
    case .builtIn(let key): "The theme \(key) is built in."
    case .tooMany(let most): "There are \(most) themes already; delete one first."
    }
  }
}
