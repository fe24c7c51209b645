import Contacts
import JobQueue
import Postgres
import Query
import Users

/// `/api/devices` (API page, 8.9).
struct DeviceResource: ContactRecordResource {
  let devices: DeviceStore
  let contacts: ContactStore
  let clock: WallClock
  let pageCap: Int

  static let table = "devices"

  let path = "/api/devices"
  let areas = [PermissionArea.contacts]
  let record: OwnedRecord? = .device
  let changing: PermissionAction? = .edit
  let publishes = false
  let names = (one: "device", many: "devices")
  let shape = ListShape.array

  var example: JSONObject? { ["lead": 1, "device": "desktop", "deviceOsName": "Linux"] }
  var entitySchema: Schema {
    """
    id:id lead:any clientInfo:any device:text? deviceBrand:text? deviceModel:text? deviceOsName:text? \
    deviceOsShortName:text? deviceOsVersion:text? deviceOsPlatform:text?
    """
  }

  func readBody(_ body: JSONValue) throws {
    var description = DeviceDescription()
    DeviceBody(body, replacing: true).apply(to: &description)
    _ = try RecordLead.id(in: body, "lead", "contact")
  }

  /// Columns that devices are searched and ordered by; names of members in JSON mean the columns too.
  static let query: ListQuery = {
    let texts = [
      "device": "device", "device_brand": "deviceBrand", "device_model": "deviceModel",
      "device_os_name": "deviceOsName", "device_os_shortname": "device_os_short_name",
      "device_os_version": "deviceOsVersion", "device_os_platform": "deviceOsPlatform",
    ]
    return ListQuery(
      columns: [
        QueryColumn("id", .integer, of: "devices"),
        QueryColumn("contact_id", .integer, of: "devices", otherNames: ["lead", "lead_id"]),
        QueryColumn("date_added", .instant, of: "devices"),
      ]
        + texts.sorted { $0.key < $1.key }.map {
          QueryColumn($0.key, .text, of: "devices", otherNames: [$0.value])
        }, mainColumns: ["device", "device_brand", "device_model", "device_os_name"],
      own: ListQuery.ofOwnContacts("devices.contact_id"), columnCommands: .beginning)
  }()

  func page(
    where condition: SQL, order: SQL, start: Int, limit: Int
  ) async throws -> (records: [Device], total: Int) {
    let page = try await devices.page(where: condition, order: order, start: start, limit: limit)
    return (page.devices, page.total)
  }

  func record(_ id: Int64) async throws -> Device? { try await devices.device(id) }

  func contactID(of device: Device) -> Int64 { device.contactID }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Entity, isNew: Bool) {
    var description = DeviceDescription()
    DeviceBody(body, replacing: true).apply(to: &description)
    let contact = try RecordLead.id(in: body, "lead", "contact")
    if let contact { try await request.require(.contact, .edit, contact) }
    let device = try await devices.create(description, of: contact, now: clock.now)
    return (try await withContact(device), true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Entity? {
    let body = DeviceBody(body, replacing: replacing)
    let device = try await devices.update(id, to: { body.apply(to: &$0) }, now: clock.now)
    guard let device else { return nil }
    return try await withContact(device)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> Entity? {
    guard let device = try await devices.delete(id, now: clock.now) else { return nil }
    return try await withContact(device)
  }

  func id(of entry: Entity) -> Int64 { entry.record.id }

  func json(_ entry: Entity, _ request: APIRequest) -> JSONValue {
    let (device, known) = (entry.record, entry.record.description)
    return [
      "id": .int(Int(device.id)), "lead": entry.lead,
      "clientInfo": known.clientInfo.map { JSONValue(kept: $0) } ?? [],
      "device": JSONValue(known.device), "deviceBrand": JSONValue(known.brand),
      "deviceModel": JSONValue(known.model), "deviceOsName": JSONValue(known.osName),
      "deviceOsShortName": JSONValue(known.osShortName),
      "deviceOsVersion": JSONValue(known.osVersion),
      "deviceOsPlatform": JSONValue(known.osPlatform),
    ]
  }
}

/// The description of a device in a body.
private struct DeviceBody: Sendable {
  let body: JSONValue
  /// Whether missing members become empty.
  let replacing: Bool

  init(_ body: JSONValue, replacing: Bool) {
    self.body = body
    self.replacing = replacing
  }

  func apply(to description: inout DeviceDescription) {
    if let client = body["clientInfo"] {
      description.clientInfo = client == .null || client.text == "" ? nil : client.kept
    } else if replacing {
      description.clientInfo = nil
    }
    set("device", &description.device)
    set("deviceBrand", &description.brand)
    set("deviceModel", &description.model)
    set("deviceOsName", &description.osName)
    set("deviceOsShortName", &description.osShortName)
    set("deviceOsVersion", &description.osVersion)
    set("deviceOsPlatform", &description.osPlatform)
  }

  private func set(_ name: String, _ text: inout String?) {
    if let given = body[name] { text = given.text } else if replacing { text = nil }
  }
}
