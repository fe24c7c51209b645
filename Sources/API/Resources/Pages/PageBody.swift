import Pages

extension PageInput {
  /// Reads the members of a body (API page, 9). Clients send whole entities back, so the form of an answer is accepted as
  /// well.
  init(_ body: JSONValue) throws(APIError) {
    self.init()
    var members = Members(body)
    title = members.text("title")
    alias = members.text("alias")
    category = members.reference("category")
    language = members.text("language")
    publishUp = members.date("publishUp")
    publishDown = members.date("publishDown")
    metaDescription = members.optionalText("metaDescription")
    redirect = members.optionalText("redirectType")
    redirectURL = members.optionalText("redirectUrl")
    isPreferenceCenter = members.truth("isPreferenceCenter")
    isHiddenFromSearch = members.truth("noIndex")
    variantParent = members.reference("variantParent")
    translationParent = members.reference("translationParent")
    template = members.optionalText("template")
    html = members.optionalText("customHtml")
    isPublished = members.truth("isPublished")
    readVariant(&members)
    try members.finish()
  }

  private mutating func readVariant(_ members: inout Members) {
    variantWeight = members.variantWeight()
    guard let criteria = members.body["variantSettings"]?["winnerCriteria"] else { return }
    winnerCriteria = criteria == .null ? "" : criteria.text
    if winnerCriteria == nil {
      members.refuse("variantSettings", "the winnerCriteria must be a text")
    }
  }
}
