import Contacts
import JobQueue
import Postgres

/// `/api/devices` (API page, 8.9).
struct DeviceResource: StandardResource {
  /// A device with the contact that used it.
  struct Entry: Sendable {
    var device: Device
    var lead: JSONValue
  }

  let devices: DeviceStore
  let contacts: ContactStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/devices"
  let names = (one: "device", many: "devices")
  let shape = ListShape.array

  /// What devices are searched and ordered by; the members' names of the wire mean the columns too.
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
      columnCommands: .beginning)
  }()

  func list(_ request: APIRequest) async throws -> (entities: [Entry], total: Int) {
    let order = try Self.query.order(try request.list)
    return try await page(request, where: "true", order: order)
  }

  /// The devices of one contact, newest first where nothing else is asked for (API page, 8.2).
  func list(
    of contact: Int64, _ request: APIRequest
  ) async throws -> (entities: [Entry], total: Int) {
    var query = Self.query
    query.defaultOrder = [
      QueryOrder(QueryColumn("date_added", .instant, of: "devices"), isDescending: true)
    ]
    query.newestFirst = true
    return try await page(
      request, where: "devices.contact_id = \(contact)", order: try query.order(try request.list))
  }

  private func page(
    _ request: APIRequest, where condition: SQL, order: SQL
  ) async throws -> (entities: [Entry], total: Int) {
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try Self.query.condition(try request.list)
    let page = try await devices.page(
      where: "\(sql: condition) AND (\(sql: wanted))", order: order, start: paging.start,
      limit: paging.limit)
    return (try await entries(page.devices), page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> Entry? {
    guard let device = try await devices.device(id) else { return nil }
    return try await entries([device]).first
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Entry, isNew: Bool) {
    var description = DeviceDescription()
    DeviceBody(body, replacing: true).apply(to: &description)
    let device = try await devices.create(
      description, of: try RecordLead.id(in: body, "lead", "contact"), now: clock.now)
    return (try await entry(device), true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Entry? {
    let body = DeviceBody(body, replacing: replacing)
    let device = try await devices.update(id, to: { body.apply(to: &$0) }, now: clock.now)
    guard let device else { return nil }
    return try await entry(device)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> Entry? {
    guard let device = try await devices.delete(id, now: clock.now) else { return nil }
    return try await entry(device)
  }

  func id(of entry: Entry) -> Int64 { entry.device.id }

  func json(_ entry: Entry, _ request: APIRequest) -> JSONValue {
    let (device, known) = (entry.device, entry.device.description)
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

  private func entries(_ devices: [Device]) async throws -> [Entry] {
    let leads = try await RecordLead.json(of: devices.map(\.contactID), contacts)
    return devices.map { Entry(device: $0, lead: leads[$0.contactID] ?? .null) }
  }

  private func entry(_ device: Device) async throws -> Entry {
    let leads = try await RecordLead.json(of: [device.contactID], contacts)
    return Entry(device: device, lead: leads[device.contactID] ?? .null)
  }
}

/// What a body says of a device.
private struct DeviceBody: Sendable {
  let body: JSONValue
  /// Whether members that are missing become empty.
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
