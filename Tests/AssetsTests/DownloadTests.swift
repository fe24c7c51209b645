import Contacts
import Foundation
import JobQueue
import Points
import Primitives
import TestSupport
import Testing

@testable import Assets

@Suite("Downloads of assets (tracking.md 13)") struct DownloadTests {
  @Test("Each is counted, and each device once")
  func counts() async throws {
    try await AssetsBed.with { bed in
      try await bed.contacts(1)
      let asset = try await bed.asset()
      try await bed.download(asset, device: "a")
      try await bed.download(asset, device: "a")
      try await bed.download(asset, device: "b")
      try await bed.download(asset, contact: 1)
      try await bed.download(asset, contact: 1)
      try await bed.download(asset)
      let counted = try #require(try await bed.store.find(asset.id))
      #expect(counted.downloads == 6 && counted.uniqueDownloads == 4)
      let page = try await bed.store.page(start: 0, limit: 10)
      #expect(page.records == [counted] && page.total == 1)
    }
  }

  @Test("A contact gets the points of the rules, and observers hear of it, once")
  func effects() async throws {
    try await AssetsBed.with { bed in
      try await bed.contacts(2)
      let (asset, other) = (try await bed.asset(), try await bed.asset("Other"))
      var rule = PointActionInput()
      rule.rule.name = "Downloads"
      rule.type = "asset.download"
      rule.delta = 5
      rule.isRepeatable = true
      rule.properties = .object(["assets": .array([.integer(asset.id)])])
      _ = try await PointActionStore(transactions: bed.jobs.transactions)
        .create(rule, by: AssetsBed.author, now: bed.now)
      let watch = DownloadWatch()
      var registry = JobRegistry()
      AssetJobs.register(in: &registry, observers: [watch], objects: nil)
      let download = try await bed.download(asset, contact: 1)
      try await bed.download(other, contact: 2)
      try await bed.download(asset)
      try await bed.jobs.working(registry, workers: 2, periodic: []) {
        let isDone = try await eventually {
          try await bed.texts("SELECT id::text FROM jobs WHERE name = 'assets.download'") == []
        }
        #expect(isDone)
      }
      #expect(Set(watch.downloads.map(\.contact)) == [1, 2] && watch.downloads.count == 2)
      #expect(watch.downloads.contains { $0.id == download && $0.asset == asset.id })
      #expect(
        try await bed.texts("SELECT points::text FROM contacts ORDER BY id") == ["5", "0"])
    }
  }

  @Test("The contact of an old reference is the one into which it was merged")
  func mergedContacts() async throws {
    try await AssetsBed.with { bed in
      try await bed.contacts(1)
      try await bed.pool.query(
        "INSERT INTO contact_merges (old_id, contact_id, date_added) VALUES (9, 1, \(bed.now))")
      let asset = try await bed.asset()
      try await bed.download(asset, contact: 9)
      try await bed.download(asset, contact: 8)
      #expect(
        try await bed.texts(
          "SELECT coalesce(contact_id::text, 'nobody') FROM asset_downloads ORDER BY id")
          == ["1", "nobody"])
    }
  }

  @Test("CON-10: a deleted contact's downloads still count")
  func deletions() async throws {
    try await AssetsBed.with { bed in
      try await bed.contacts(1)
      let asset = try await bed.asset()
      try await bed.download(asset, contact: 1)
      try await bed.pool.query("SELECT delete_contacts(ARRAY[1]::bigint[])")
      #expect(
        try await bed.texts("SELECT id::text FROM asset_downloads WHERE contact_id IS NULL").count
          == 1)
    }
  }
}

@Suite("Values of assets (api.md 9)") struct AssetValuesTests {
  @Test("An address elsewhere tells extension and type by its name alone")
  func addresses() throws {
    var values = AssetValues()
    try values.setAddress("https://cdn.example.com/files/Guide.PDF?v=2")
    #expect(values.fileExtension == "pdf" && values.mime == "application/pdf")
    try values.setAddress("https://cdn.example.com")
    #expect(values.fileExtension == nil && values.mime == "application/octet-stream")
  }

  @Test(
    "An address is http or https, with a host",
    arguments: [
      "", "ftp://x.test/a", "javascript:alert(1)", "https:///a", "https://x.test/a b",
      "https://x.test\\@y.test/", "//x.test/a",
    ])
  func badAddresses(_ text: String) {
    #expect(throws: InvalidInput.self) {
      var values = AssetValues()
      try values.setAddress(text)
    }
  }

  @Test(
    "The readable part of an address",
    arguments: [
      ("Price list 2027", "price-list-2027"), ("  Äpfel & Co. ", "pfel-co"), ("…", "asset"),
    ])
  func slugs(_ title: String, _ slug: String) {
    #expect(AssetValues.slug(title) == slug)
  }
}
