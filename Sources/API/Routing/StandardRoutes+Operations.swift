/// What the ten endpoints say of themselves.
extension StandardRoutes {
  /// In the order of the routes.
  var operations: [Operation] {
    let (one, many) = resource.names
    let body = content
    let new = newContent
    let (newItems, items) = (batchContent(new), batchContent(body))
    return [
      operation("List \(many)", query: listParameters, answers: [.init(status: 200, schema: page)]),
      operation("Get one \(one)", query: Operation.parameters("@view"), answers: [envelope(200)]),
      operation(
        "Create one \(one)", body: new,
        answers: [envelope(201, made: one), envelope(200, made: one)]),
      operation("Change members of one \(one)", body: body, answers: [envelope(200)]),
      operation(
        "Replace one \(one), or create it under a new id", body: body,
        answers: [envelope(200), envelope(201)]),
      operation("Delete one \(one)", answers: [envelope(200)]),
      operation("Create many \(many)", body: newItems, answers: [batch(201, hasCodes: true)]),
      operation(
        "Change members of many \(many)", body: items, answers: [batch(200, hasCodes: true)]),
      operation("Replace many \(many)", body: items, answers: [batch(200, hasCodes: true)]),
      operation(
        "Delete many \(many)", query: Operation.parameters("ids:any"),
        body: Operation.Content("ids:any"), answers: [batch(200, hasCodes: false)]),
    ]
  }

  private func operation(
    _ summary: String, query: [Operation.Parameter] = [], body: Operation.Content? = nil,
    answers: [Operation.Answer]
  ) -> Operation {
    var operation = Operation(summary: summary, answers: answers)
    operation.query = query
    operation.body = body
    operation.schemas = [(entityName, resource.entitySchema), (bodyName, bodySchema)]
    return operation
  }

  private var listParameters: [Operation.Parameter] {
    Operation.parameters("@list @view").map { parameter in
      var parameter = parameter
      if parameter.name == "orderBy" { parameter.values = resource.columns }
      return parameter
    }
  }

  /// The names of the schemas of an entity and of a body.
  private var entityName: String {
    resource.names.one.prefix(1).uppercased() + resource.names.one.dropFirst()
  }
  private var bodyName: String { "\(entityName)Body" }

  private var entity: Schema { .named(entityName) }

  private var content: Operation.Content {
    Operation.Content(schema: .named(bodyName), example: resource.example.map { .object($0) })
  }

  /// The body of a creation: required texts are not empty.
  private var newContent: Operation.Content {
    var content = content
    guard !resource.required.isEmpty else { return content }
    let texts = resource.required.filter { name in
      recorded.contains { $0.name == name && $0.kind == .text }
    }
    let text = Schema.text.with("minLength", 1)
    content.schema = content.schema
      .with("required", .array(resource.required.map(JSONValue.string)))
      .with("properties", .object(JSONObject(texts.map { ($0, .object(text.json)) })))
    return content
  }

  /// What the code that reads a body asks for.
  private var recorded: [MemberRecorder.Member] {
    let recorder = MemberRecorder(lists: resource.bodyLists)
    do {
      try resource.readBody(.object(JSONObject(recorder: recorder)))
    } catch {
      // A body with nothing in it may be refused; what was asked for before is known.
    }
    return recorder.noted
  }

  /// The members of a body.
  private var bodySchema: Schema {
    let members = recorded
    let schema = SchemaNotation.body(members)
    let isOpen = resource.bodyIsOpen || members.isEmpty
    return isOpen ? schema.with("additionalProperties", true) : schema
  }

  private func batchContent(_ body: Operation.Content) -> Operation.Content {
    Operation.Content(
      schema: Schema.list(of: body.schema).with("maxItems", .int(Self.batchLimit)),
      example: body.example.map { [$0] })
  }

  private func envelope(_ status: Int, made: String? = nil) -> Operation.Answer {
    .init(
      status: status, schema: .object([(resource.names.one, entity)]), made: made)
  }

  private var page: Schema {
    let entities: Schema =
      switch resource.shape {
      case .array: .list(of: entity)
      case .keyedByID(emptyObject: true): .map(of: entity)
      case .keyedByID(emptyObject: false): .phpMap(of: entity)
      }
    let total: Schema = resource.totalIsText ? .text.with("pattern", "^[0-9]+$") : .integer
    return .object([("total", total), (resource.names.many, entities)])
  }

  private func batch(_ status: Int, hasCodes: Bool) -> Operation.Answer {
    var members = JSONObject([
      (resource.names.many, .object(Schema.list(of: entity).json)),
      ("errors", .object(Schema.byPosition(.named("Error")).json)),
    ])
    if hasCodes { members["statusCodes"] = .object(Schema.list(of: .integer).json) }
    return .init(
      status: status,
      schema: .type(
        "object",
        [
          "properties": .object(members), "required": [.string(resource.names.many)],
          "additionalProperties": false,
        ]))
  }
}
