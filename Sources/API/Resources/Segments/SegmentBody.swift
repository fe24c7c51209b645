import Segments

extension SegmentInput {
  /// Reads the members of a body. Null clears a description and a category; elsewhere it says nothing,
  /// as clients send whole entities back.
  init(_ body: JSONValue) throws(APIError) {
    self.init()
    name = body["name"].flatMap(\.text)
    publicName = body["publicName"].flatMap(\.text)
    alias = body["alias"].flatMap(\.text)
    if let given = body["description"] {
      guard given == .null || given.text != nil else {
        throw .validation([("description", ["This value is not valid."])])
      }
      description = .some(given.text)
    }
    if let given = body["category"] { category = .some(try Self.reference(given)) }
    isPublished = try Self.truth("isPublished", body)
    isGlobal = try Self.truth("isGlobal", body)
    isPreferenceCenter = try Self.truth("isPreferenceCenter", body)
    if let given = body["filters"], given != .null {
      filters = given == .string("") ? .array([]) : given.kept
    }
  }

  /// A category as its number, as the object that an answer has, or none.
  private static func reference(_ value: JSONValue) throws(APIError) -> Int64? {
    if value == .null || value == .string("") || value.isEmptyContainer { return nil }
    let number = value["id"] ?? value
    guard let id = number.integer, id >= 0 else {
      throw .validation([("category", ["This value is not valid."])])
    }
    return id == 0 ? nil : Int64(id)
  }

  private static func truth(_ name: String, _ body: JSONValue) throws(APIError) -> Bool? {
    guard let given = body[name], given != .null else { return nil }
    guard let truth = given.truth else {
      throw .validation([(name, ["This value is not valid."])])
    }
    return truth
  }
}
