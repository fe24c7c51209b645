import API

/// The tab with the devices of a contact, the newest first.
struct DevicesTab: Sendable {
  let contact: ContactRecord
  let page: PageRequest

  /// Devices of a page.
  static let limit = 30

  func callAsFunction() async throws -> HTML {
    let start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
    let answer = try await page.get(
      "contacts/\(contact.id)/devices", ["limit": .int(Self.limit), "start": .int(start)])
    let devices = answer["devices"]?.elements ?? []
    let table = TableView(
      page: page, columns: columns, rows: devices, caption: page.texts("Devices"))()
    let total = answer["total"]?.integer ?? devices.count
    return Panel(page.texts("Devices"), isPadded: false)(
      table + Pager(page: page, start: start, limit: Self.limit, total: total)(), page)
  }

  private var columns: [Column] {
    [
      Column(page.texts("Kind")) { $1.plain($0["device"]?.text.map { $0.capitalized }) },
      Column(page.texts("Brand")) { $1.plain($0["deviceBrand"]?.text) },
      Column(page.texts("Model")) { $1.plain($0["deviceModel"]?.text) },
      Column(page.texts("System")) { device, page in
        let parts = ["deviceOsName", "deviceOsVersion"].compactMap { device[$0]?.text }
        return page.plain(parts.joined(separator: " "))
      },
      Column(page.texts("Program")) { device, page in
        let client = device["clientInfo"]
        let parts = ["name", "version"].compactMap { client?[$0]?.text }
        return page.plain(parts.joined(separator: " "))
      },
    ]
  }
}
