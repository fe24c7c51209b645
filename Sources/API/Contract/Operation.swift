/// What a route says of itself; the contract's document is made of it.
struct Operation: Sendable {
  /// What it does, in a line; empty: what method and path tell.
  var summary = ""
  /// The parameters of the query that it reads; nil: all that come. What is not declared is not given to the handler, so
  /// that there is none which the document does not have.
  var query: [Parameter]?
  /// Whether it is given parameters that it does not declare, such as those that it refuses by name.
  var takesAnyParameter = false
  /// The content that it takes; nil: none.
  var body: Content?
  /// Its answers but for errors; empty: not described.
  var answers: [Answer] = []
  /// Schemas that its others name, beside those of all (``Schema/components``).
  var schemas: [(name: String, schema: Schema)] = []

  /// A parameter of the query.
  struct Parameter: Sendable, Equatable {
    var name: String
    /// Nil for one in brackets, or of several forms.
    var kind: MemberKind?
    /// The words that it takes, where there are only some.
    var values: [String] = []
  }

  /// The content of a request.
  struct Content: Sendable {
    var schema: Schema
    /// The members that the handler is given; nil: all.
    var members: Set<String>?
    /// One that is taken.
    var example: JSONValue?
    /// The types that it comes in.
    var types = Content.parameters

    /// An object, or a list of such, with the members of a notation; `*` in it: the handler is given all that come.
    init(_ notation: String, isList: Bool = false) {
      let (members, isOpen) = SchemaNotation.declared(notation)
      let object = SchemaNotation.body(members)
      self.init(
        schema: isList ? .list(of: object) : object,
        members: isOpen || isList ? nil : Set(members.map(\.name)))
    }

    init(schema: Schema, members: Set<String>? = nil, example: JSONValue? = nil) {
      self.schema = schema
      self.members = members
      self.example = example
    }

    /// A file, alone or in a form.
    static let file: Content = {
      var content = Content(schema: .any)
      content.types = ["application/octet-stream", "multipart/form-data"]
      return content
    }()

    /// The encodings of parameters.
    static let parameters = [
      "application/json", "application/x-www-form-urlencoded", "multipart/form-data",
    ]
  }

  /// An answer.
  struct Answer: Sendable {
    var status: Int
    /// Nil: no content, or one that is not described.
    var schema: Schema?
    var type = "application/json"
    /// The member that holds the record made or found, whose id further operations take.
    var made: String?
  }
}

extension Operation {
  static func parameters(_ notation: String) -> [Parameter] {
    SchemaNotation.declared(notation).members.map { Parameter(name: $0.name, kind: $0.kind) }
  }

  /// What the handler sees of a query.
  func declared(_ query: JSONValue) -> JSONValue {
    guard !takesAnyParameter, let parameters = self.query, case .object(let object) = query,
      !object.isEmpty
    else { return query }
    return .object(
      JSONObject(
        object.members.filter { member in parameters.contains { $0.name == member.key } }
          .map { ($0.key, $0.value) }))
  }
}
