import API

/// The tab with the places that a contact came from, by its addresses.
struct PlacesTab: Sendable {
  let contact: ContactRecord
  let page: PageRequest

  func callAsFunction() -> HTML {
    let table = TableView(
      page: page, columns: columns, rows: contact.places, caption: page.texts("Places"))()
    return Panel(page.texts("Places"), isPadded: false)(
      Self.template(["mapHTML": PlaceMap(contact.places)(page), "tableHTML": table], page.texts),
      page)
  }

  private static let template = Template("{{{mapHTML}}}{{{tableHTML}}}")

  private var columns: [Column] {
    [
      Column(page.texts("Place")) { address, page in
        let details = address["ipDetails"]
        let parts = ["zipcode", "city", "region"].compactMap { details?[$0]?.text }
          .filter { !$0.isEmpty }
        return page.plain(parts.joined(separator: " "))
      },
      Column(page.texts("Country")) { $1.plain($0["ipDetails"]?["country"]?.text) },
      Column(page.texts("Coordinates"), .line) { address, page in
        let details = address["ipDetails"]
        let parts = ["latitude", "longitude"].compactMap { details?[$0]?.text }
          .filter { !$0.isEmpty }
        return page.plain(parts.count == 2 ? parts.joined(separator: ", ") : "")
      },
      Column(page.texts("Network")) { $1.plain($0["ipDetails"]?["organization"]?.text) },
      Column(page.texts("IP address"), .line) { $1.plain($0["ipAddress"]?.text) },
    ]
  }
}
