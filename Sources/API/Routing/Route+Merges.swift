import Contacts
import Hummingbird
import Postgres

extension Route {
  /// The route with changes of a contact by an id from before a merge made to the winner (CON-11). Reading and deleting
  /// know the contact by its own id alone.
  func followingMerges(on pool: PostgresPool) -> Route {
    guard let name = changedContact else { return self }
    var route = self
    let handler = handler
    route.handler = { request in
      var request = request
      if let id = request.pathParameters[name].flatMap({ Int64($0) }),
        let winner = try await ContactMerger.winner(of: id, in: pool)
      {
        request.pathParameters[name] = String(winner)
      }
      return try await handler(request)
    }
    return route
  }

  /// The parameter that names the contact that a request changes; nil where none does, and for edits, which follow
  /// merges themselves, where the contact is not found.
  private var changedContact: String? {
    guard [.post, .put, .patch].contains(method) else { return nil }
    if path.hasPrefix("/api/contacts/{id}/") { return path.hasSuffix("/edit") ? nil : "id" }
    return ["cid", "contact"].first { path.contains("{\($0)}") }
  }
}
