import Assets
import ObjectStore
import Postgres

/// The bucket for uploaded files: whether an object can be written, read and deleted.
struct BucketChecks {
  private let objects: ObjectStore?
  private let pool: PostgresPool

  init(_ backends: Backends) {
    objects = backends.objects
    pool = backends.postgres
  }

  func run() async -> [Finding] {
    guard let objects else { return await missing() }
    do throws(ObjectError) {
      try await objects.probe()
      return [.ok("bucket", "\(objects.bucket) takes, gives and deletes objects")]
    } catch {
      return [Self.finding(error, of: objects.bucket)]
    }
  }

  static func finding(_ error: ObjectError, of bucket: Bucket) -> Finding {
    let mend =
      switch error.code {
      case .refused:
        "correct the variables MARTLET_S3_…, and let the key put, get and delete objects"
      default: "start the store, or correct MARTLET_S3_ENDPOINT and MARTLET_S3_REGION"
      }
    return .failure("bucket", "\(bucket): \(error)", mend: mend)
  }

  /// Files in a bucket that no variable names any more.
  private func missing() async -> [Finding] {
    do {
      guard try await MediaFileStore.usesBucket(on: pool) else { return [] }
      return [
        .failure(
          "bucket", "uploaded files are in a bucket, and none is named",
          mend: "set MARTLET_S3_BUCKET and the variables that go with it")
      ]
    } catch {
      // A database out of reach is reported by its own checks.
      return []
    }
  }
}
