import Contacts
import JobQueue
import Query
import Users

/// `/api/categories` (API page, section 9).
struct CategoryResource: RecordResource {
  let store: CategoryStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/categories"
  let areas = [PermissionArea.categories]
  let names = (one: "category", many: "categories")
  let shape = ListShape.array
  let query = ListQuery.categories

  func json(_ category: Category, _ request: APIRequest) -> JSONValue {
    guard case .object(let short) = JSONValue(category) else { return .null }
    return .object(JSONObject(isPublished: category.isPublished, category.dates).with(short))
  }

  static func input(_ body: JSONValue) throws(APIError) -> CategoryInput {
    var members = Members(body)
    var input = CategoryInput()
    input.title = members.text("title")
    input.alias = members.text("alias")
    input.description = members.optionalText("description")
    input.color = members.optionalText("color")
    input.bundle = members.text("bundle")
    input.isPublished = members.truth("isPublished")
    try members.finish()
    return input
  }
}

extension JSONValue {
  /// A category in short form (API page, section 4), or null.
  init(_ category: Category?) { self.init(category?.summary) }

  init(_ category: CategorySummary?) {
    guard let category else {
      self = .null
      return
    }
    self = [
      "id": .int(Int(category.id)), "title": .string(category.title),
      "alias": .string(category.alias), "description": JSONValue(category.description),
      "color": JSONValue(category.color), "bundle": .string(category.bundle),
    ]
  }
}
