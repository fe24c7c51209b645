import JobQueue
import Pages
import Query
import Users

/// `/api/pages` (API page, 9).
struct PageResource: RecordResource {
  let store: PageStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/pages"
  let areas = [PermissionArea.pages]
  let record: OwnedRecord? = .page
  let names = (one: "page", many: "pages")
  let shape = ListShape.array
  let query = ListQuery.pages

  var entitySchema: Schema {
    """
    @published id:id title:text alias:text category:ShortCategory? language:text publishUp:date? \
    publishDown:date? hits:integer uniqueHits:integer variantHits:integer revision:integer \
    metaDescription:text? redirectType:text? redirectUrl:text? isPreferenceCenter:truth noIndex:truth \
    variantSettings:map variantStartDate:date? variantParent:ShortPage? variantChildren:ShortPage[] \
    translationParent:ShortPage? translationChildren:ShortPage[] template:text? customHtml:text?
    """
  }
  var required: [String] { ["title"] }
  var example: JSONObject? { ["title": "Spring", "customHtml": "<h1>Spring</h1>"] }

  func json(_ page: Page, _ request: APIRequest) -> JSONValue {
    let values = page.values
    return .object(
      JSONObject(isPublished: values.isPublished, page.dates).with([
        "id": .int(Int(page.id)), "title": .string(values.title), "alias": .string(values.alias),
        "category": JSONValue(page.category), "language": .string(values.language),
        "publishUp": JSONValue(values.publishUp), "publishDown": JSONValue(values.publishDown),
        "hits": .int(page.counts.hits), "uniqueHits": .int(page.counts.devices),
        "variantHits": .int(page.counts.variantHits), "revision": .int(page.revision),
        "metaDescription": JSONValue(values.metaDescription),
        "redirectType": JSONValue(values.redirect.map { String($0.rawValue) }),
        "redirectUrl": JSONValue(values.redirectURL),
        "isPreferenceCenter": .bool(values.isPreferenceCenter),
        "noIndex": .bool(values.isHiddenFromSearch), "variantSettings": Self.settings(values),
        "variantStartDate": JSONValue(page.variantStart),
        "variantParent": Self.short(page.family.variantParent),
        "variantChildren": .array(page.family.variants.map(Self.short)),
        "translationParent": Self.short(page.family.translationParent),
        "translationChildren": .array(page.family.translations.map(Self.short)),
        "template": JSONValue(values.template), "customHtml": JSONValue(values.html),
      ]))
  }

  static func input(_ body: JSONValue) throws(APIError) -> PageInput { try PageInput(body) }

  private static func settings(_ values: PageValues) -> JSONValue {
    var settings = JSONObject()
    if let weight = values.variantWeight { settings.append("weight", .int(weight)) }
    if let criteria = values.winnerCriteria {
      settings.append("winnerCriteria", .string(criteria))
    }
    return settings.isEmpty ? [] : .object(settings)
  }

  /// A page in short form (API page, section 4).
  private static func short(_ page: PageSummary?) -> JSONValue {
    guard let page else { return .null }
    return [
      "id": .int(Int(page.id)), "title": .string(page.title), "alias": .string(page.alias),
      "category": JSONValue(page.category),
    ]
  }
}
