extension Route {
  /// The route with its records checked before the handler: one that is not the user's own, where the user may do this
  /// with no others, is refused.
  func guarded(by owners: RecordOwnerStore) -> Route {
    guard !needs.isPublic else { return self }
    var route = self
    let (handler, records) = (handler, needs.records)
    route.handler = { request in
      var request = request
      request.owners = owners
      for record in records {
        guard let id = request.pathParameters[record.parameter].flatMap({ Int64($0) }) else {
          throw APIError.unknownRoute
        }
        try await request.require(record.kind, record.action, id)
      }
      return try await handler(request)
    }
    return route
  }
}
