/// Objects in one line, as they stand beside the code that writes or reads them: `id:id name:text tags:texts score:number?`.
///
/// A word for what a member is follows its name; `?` after it: or null; `[]`: a list of such. `*` alone: any further
/// members; a name with `@`: some that many have, see ``shared``. A word that is none is a mistake of the program, which its
/// first start shows.
enum SchemaNotation {
  /// Members that stand together in many places.
  private static let shared = [
    // The publish block (API page, section 4).
    "@published": """
    isPublished:truth dateAdded:date? dateModified:date? createdBy:integer? createdByUser:text? \
    modifiedBy:integer? modifiedByUser:text?
    """,
    // The parameters of lists (API page, section 6), and those that choose the members shown.
    "@list": "search:text @page @order where:any publishedOnly:truth published:truth",
    "@order": "orderBy:text orderByDir:text order:any",
    "@page": "start:integer limit:integer",
    "@view": "select:any minimal:truth",
    "@days": "dateFrom:date dateTo:date",
  ]

  /// The names and words of a notation.
  static func members(_ notation: String) -> [(name: String, word: String)] {
    notation.split(separator: " ").flatMap { part -> [(name: String, word: String)] in
      if let several = shared[String(part)] { return members(several) }
      let parts = part.split(separator: ":", maxSplits: 1)
      return [(String(parts[0]), parts.count > 1 ? String(parts[1]) : "")]
    }
  }

  /// An object of an answer. No member is required: `select` and `minimal` leave members out.
  static func answer(_ notation: String) -> Schema {
    let members = members(notation)
    return .type(
      "object",
      [
        "properties": .object(
          JSONObject(
            members.filter { $0.name != "*" }.map { ($0.name, .object(answerWord($0.word).json)) })),
        "additionalProperties": .bool(members.contains { $0.name == "*" }),
      ])
  }

  private static func answerWord(_ word: String) -> Schema {
    if word.hasSuffix("?") { return answerWord(String(word.dropLast())).orNull }
    if word.hasSuffix("[]") { return .list(of: answerWord(String(word.dropLast(2)))) }
    switch word {
    // That of a deleted entity is null.
    case "id": return .integer.orNull
    case "integer": return .integer
    case "number": return .number
    case "text": return .text
    case "truth": return .truth
    case "date": return .text.with("format", "date-time")
    case "any": return .any
    case "object": return .type("object")
    case "list": return .type("array")
    case "map": return .phpMap(of: .any)
    case "texts": return .list(of: .text)
    default:
      // A schema of the components is named by a capital letter.
      guard word.first?.isUppercase == true else {
        preconditionFailure("\(word) is no word for a member")
      }
      return .named(word)
    }
  }

  /// An object of a body: no member is required, for bodies change what they name, and others are ignored.
  static func body(_ members: [MemberRecorder.Member]) -> Schema {
    .type(
      "object",
      [
        "properties": .object(JSONObject(members.map { ($0.name, .object(bodyMember($0).json)) }))
      ])
  }

  private static func bodyMember(_ member: MemberRecorder.Member) -> Schema {
    if !member.items.isEmpty { return .list(of: body(member.items)) }
    guard let kind = member.kind else { return .any }
    return .named(kind.schemaName)
  }

  /// The members of a body or the parameters of a query as declared: `ids:any limit:integer`.
  ///
  /// - Returns: Them, and whether there may be any others.
  static func declared(
    _ notation: String
  ) -> (members: [MemberRecorder.Member], isOpen: Bool) {
    let all = members(notation)
    return (named(all.filter { $0.name != "*" }), all.contains { $0.name == "*" })
  }

  private static func named(
    _ members: [(name: String, word: String)]
  ) -> [MemberRecorder.Member] {
    members.map { member in
      guard let kind = MemberKind(rawValue: member.word) else {
        guard member.word == "any" else {
          preconditionFailure("\(member.word) is no word for a member of a body")
        }
        return .init(name: member.name)
      }
      return .init(name: member.name, kind: kind)
    }
  }
}

extension MemberKind {
  /// The name of its schema in the components.
  var schemaName: String { "Given\(rawValue.prefix(1).uppercased())\(rawValue.dropFirst())" }

  /// What is taken for it, lenient as PHP is (API page, section 3).
  var schema: Schema {
    switch self {
    case .text: .type(["string", "number", "boolean", "null"])
    case .truth: .type(["boolean", "integer", "string", "null"])
    case .integer: .type(["integer", "string", "null"])
    case .reference: .type(["integer", "string", "object", "null"])
    case .date: .type(["string", "null"])
    }
  }

  /// What people are told about it.
  var meaning: String {
    switch self {
    case .text: "A text. Null leaves it as it is, or empties it where it may be missing."
    case .truth: "True or false, also 1 and 0 and the words of a form. Null leaves it as it is."
    case .integer: "A whole number of 64 bits, also as text. Null leaves it as it is."
    case .reference: "The id of a record, also as text or as an object with an id; null for none."
    case .date: "An instant such as 2024-03-01T09:30:00+00:00, or a day; null for none."
    }
  }
}
