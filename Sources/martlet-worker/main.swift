import Processes

await MartletProcess.main(.worker)
