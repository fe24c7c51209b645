import API
import HTTPTypes
import Users

/// A route of the console: below `/console`, for who is signed in.
struct ConsoleRoute: Sendable {
  var method: HTTPRequest.Method
  /// The path below `/console`, such as `/contacts/{id}`; empty for the overview.
  var path: String
  /// What it asks of the user; the routes of the API that the page calls ask too.
  var needs: Requirement
  /// Whether a file comes with it.
  var takesFile = false
  var handler: @Sendable (PageRequest) async throws -> PageAnswer

  /// The first part of the path; empty for the overview.
  var section: String { path.split(separator: "/").first.map(String.init) ?? "" }

  /// A page to look at.
  static func get(
    _ path: String, needs: Requirement = .anyUser,
    _ handler: @escaping @Sendable (PageRequest) async throws -> PageAnswer
  ) -> ConsoleRoute {
    ConsoleRoute(method: .get, path: path, needs: needs, handler: handler)
  }

  /// Something to do, sent by a form.
  static func post(
    _ path: String, needs: Requirement = .anyUser, takesFile: Bool = false,
    _ handler: @escaping @Sendable (PageRequest) async throws -> PageAnswer
  ) -> ConsoleRoute {
    ConsoleRoute(method: .post, path: path, needs: needs, takesFile: takesFile, handler: handler)
  }
}
