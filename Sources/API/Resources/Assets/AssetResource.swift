import Assets
import Contacts
import JobQueue
import Query
import Users

/// `/api/assets` (API page, 9).
struct AssetResource: RecordResource {
  let store: AssetStore
  let site: String
  let clock: WallClock
  let pageCap: Int

  let path = "/api/assets"
  let areas = [PermissionArea.assets]
  let record: OwnedRecord? = .asset
  let names = (one: "asset", many: "assets")
  let shape = ListShape.array
  let query = ListQuery.assets

  var entitySchema: Schema {
    """
    @published id:id title:text alias:text category:ShortCategory? description:text? language:text \
    publishUp:date? publishDown:date? downloadCount:integer uniqueDownloadCount:integer revision:integer \
    extension:text? mime:text? size:integer downloadUrl:text storageLocation:text disallow:truth
    """
  }
  var required: [String] { ["title", "file"] }
  var example: JSONObject? {
    [
      "title": "Leaflet", "storageLocation": "remote",
      "file": "https://files.example.com/leaflet.pdf",
    ]
  }

  func json(_ asset: Asset, _ request: APIRequest) -> JSONValue {
    let values = asset.values
    return .object(
      JSONObject(isPublished: values.isPublished, asset.dates).with([
        "id": .int(Int(asset.id)), "title": .string(values.title), "alias": .string(values.alias),
        "category": JSONValue(asset.category), "description": JSONValue(values.description),
        "language": .string(values.language), "publishUp": JSONValue(values.publishUp),
        "publishDown": JSONValue(values.publishDown), "downloadCount": .int(asset.downloads),
        "uniqueDownloadCount": .int(asset.uniqueDownloads), "revision": .int(asset.revision),
        "extension": JSONValue(values.fileExtension), "mime": JSONValue(values.mime),
        "size": .int(Int(values.size)), "downloadUrl": .string("\(site)/asset/\(asset.slug)"),
        "storageLocation": .string(values.storage.rawValue),
        "disallow": .bool(values.isHiddenFromSearch),
      ]))
  }

  static func input(_ body: JSONValue) throws(APIError) -> AssetInput {
    var members = Members(body)
    var input = AssetInput()
    input.title = members.text("title")
    input.alias = members.text("alias")
    input.description = members.optionalText("description")
    input.category = members.reference("category")
    input.language = members.text("language")
    input.publishUp = members.date("publishUp")
    input.publishDown = members.date("publishDown")
    input.storage = members.text("storageLocation")
    input.file = members.text("file")
    input.isHiddenFromSearch = members.truth("disallow")
    input.isPublished = members.truth("isPublished")
    try members.finish()
    return input
  }
}
