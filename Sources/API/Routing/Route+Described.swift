extension Route {
  /// The route with what it says of itself; see ``Operation``. Members and parameters are in ``SchemaNotation``.
  ///
  /// - Parameters:
  ///   - summary: What it does, in a line.
  ///   - query: The parameters of the query that it reads; others are not given to the handler, unless `*` is among them.
  ///   - body: The members of the body, in the same way; nil where it has none.
  ///   - items: The members of each item, where the body is a list.
  ///   - answer: What it answers; nil: JSON of any kind, where there is no file.
  ///   - statuses: The statuses of that answer.
  ///   - file: The type of the file that it answers, instead or on demand.
  ///   - made: The member with the record that it makes.
  func described(
    _ summary: String, query: String = "", body: String? = nil, items: String? = nil,
    answer: Schema? = nil, statuses: [Int] = [200], file: String? = nil, made: String? = nil
  ) -> Route {
    var operation = Operation(summary: summary)
    operation.query = Operation.parameters(query)
    operation.takesAnyParameter = SchemaNotation.declared(query).isOpen
    operation.body =
      body.map { Operation.Content($0) } ?? items.map { Operation.Content($0, isList: true) }
      ?? (takesFile ? .file : nil)
    if answer != nil || file == nil {
      operation.answers += statuses.map {
        Operation.Answer(status: $0, schema: answer ?? .any, made: made)
      }
    }
    // A file may be asked for in parts, and only where it has changed.
    if let file { operation.answers += [200, 206, 304].map { .init(status: $0, type: file) } }
    return described(operation)
  }

  /// The route with what it does, in a line; it is given whatever comes, as pages of visitors are.
  package func summarized(_ summary: String) -> Route {
    var route = self
    route.operation.summary = summary
    return route
  }
}
