/// What a route says of itself; the contract's document is made of it.
struct Operation: Sendable {
  /// What it does, in a line; empty: what method and path tell.
  var summary = ""
  /// The parameters of the query that it reads; nil: all that come. What is not declared is not given to the handler, so
  /// that there is none which the document does not have.
  var query: [Parameter]?
  /// The content that it takes; nil: none.
  var body: Content?
  /// Its answers but for errors; empty: not described.
  var answers: [Answer] = []

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
  /// - Parameters:
  ///   - query: The parameters of the query, such as `dateFrom:date segment:any`.
  ///   - body: The members of the body, such as `ids:any`; it has no others.
  init(
    _ summary: String, query: String? = nil, body: String? = nil, answers: [Answer] = []
  ) {
    self.summary = summary
    self.query = query.map(Self.parameters)
    self.body = body.map { notation in
      let members = SchemaNotation.declared(notation)
      return Content(schema: SchemaNotation.body(members), members: Set(members.map(\.name)))
    }
    self.answers = answers
  }

  static func parameters(_ notation: String) -> [Parameter] {
    SchemaNotation.declared(notation).map { Parameter(name: $0.name, kind: $0.kind) }
  }

  /// The parameters of every list (API page, section 6).
  static let list = parameters(
    "search:text start:integer limit:integer orderBy:text orderByDir:text order:any where:any "
      + "publishedOnly:truth published:truth")
  /// The parameters that choose the members of an answer.
  static let view = parameters("select:any minimal:truth")

  /// What the handler sees of a query.
  func declared(_ query: JSONValue) -> JSONValue {
    guard let parameters = self.query, case .object(let object) = query else { return query }
    return .object(
      JSONObject(
        object.members.filter { member in parameters.contains { $0.name == member.key } }
          .map { ($0.key, $0.value) }))
  }
}
