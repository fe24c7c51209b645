import Testing

@testable import Runtime

extension ConfigurationTests {
  @Test("A bucket is read whole") func bucket() throws {
    #expect(try load([:]).bucket == nil)
    let keys = ["MARTLET_S3_ACCESS_KEY": "AK", "MARTLET_S3_SECRET_KEY": "s/+="]
    let given = ["MARTLET_S3_BUCKET": "files"].merging(keys) { $1 }
    let amazon = try #require(try load(given).bucket)
    #expect(amazon.name == "files" && amazon.region == "us-east-1" && amazon.endpoint == nil)
    #expect(amazon.key("a") == "a")
    let own = try #require(
      try load(
        given.merging([
          "MARTLET_S3_ENDPOINT": "http://minio:9000/", "MARTLET_S3_REGION": "eu-1",
          "MARTLET_S3_PREFIX": "martlet/media",
        ]) { $1 }
      ).bucket)
    #expect(own.endpoint == "http://minio:9000" && own.key("a") == "martlet/media/a")
  }

  @Test(
    "What is wrong about a bucket is named, and secrets are not shown",
    arguments: [
      ("MARTLET_S3_BUCKET", "a/b"), ("MARTLET_S3_ENDPOINT", "minio:9000"),
      ("MARTLET_S3_ENDPOINT", "http://minio:9000/path"), ("MARTLET_S3_REGION", "a:b"),
      ("MARTLET_S3_PREFIX", "/a"), ("MARTLET_S3_PREFIX", "a/../b"),
      ("MARTLET_S3_SECRET_KEY", "hid den"), ("MARTLET_S3_SECRET_KEY", ""),
      ("MARTLET_S3_ACCESS_KEY", ""),
    ]) func badBucket(_ variable: String, _ value: String)
  {
    var given = [
      "MARTLET_S3_BUCKET": "files", "MARTLET_S3_ACCESS_KEY": "AK", "MARTLET_S3_SECRET_KEY": "s",
    ]
    given[variable] = value
    let found = problems(given)
    #expect(found.count == 1 && found.first?.hasPrefix("\(variable): ") == true)
    #expect(found.first?.contains("hid den") == false)
  }

  @Test("A bucket's details need its name") func namelessBucket() {
    #expect(
      problems(["MARTLET_S3_REGION": "eu-1"]) == [
        "MARTLET_S3_BUCKET: is required where MARTLET_S3_REGION is given"
      ])
  }
}
