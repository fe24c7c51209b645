package import JobQueue
package import ObjectStore
import Points
import Postgres

extension AssetJobs {
  /// Registers the handlers.
  ///
  /// - Parameters:
  ///   - registry: The registry of jobs.
  ///   - observers: Hear of downloads by contacts.
  ///   - objects: The bucket with the bytes of files; nil if there is none.
  package static func register(
    in registry: inout JobRegistry, observers: [any AssetObserver], objects: ObjectStore?
  ) {
    registry.register(RecordAssetDownload.self) { job, context in
      _ = try await context.complete { transaction in
        guard let download = try await DownloadStore.download(job.download, in: transaction) else {
          return
        }
        try await PointActions.record(
          [
            PointEngagement(
              .assetDownload, contact: download.contact, id: String(download.id),
              subjects: [download.asset], at: download.at, ipID: download.ip)
          ], in: transaction)
        for observer in observers { try await observer.downloaded(download, in: transaction) }
      }
    }
    registry.register(PruneMedia.self) { _, context in
      try await PruneMedia.run(context, objects: objects)
    }
  }

  /// The jobs that a scheduler enqueues periodically.
  package static var periodic: [PeriodicJob] {
    [
      PeriodicJob(
        "assets.prune", .every(.seconds(3_600)), options: EnqueueOptions(uniqueKey: "prune")
      ) { _ in PruneMedia() }
    ]
  }
}
