import Segments

extension SegmentInput {
  /// Reads the members of a body. Null clears a description and a category; elsewhere it is ignored, because clients
  /// send whole entities back.
  init(_ body: JSONValue) throws(APIError) {
    self.init()
    var members = Members(body)
    name = members.text("name")
    publicName = members.text("publicName")
    alias = members.text("alias")
    description = members.optionalText("description")
    category = members.reference("category")
    isPublished = members.truth("isPublished")
    isGlobal = members.truth("isGlobal")
    isPreferenceCenter = members.truth("isPreferenceCenter")
    if let given = body["filters"], given != .null {
      filters = given == .string("") ? .array([]) : given.kept
    }
    try members.finish()
  }
}
