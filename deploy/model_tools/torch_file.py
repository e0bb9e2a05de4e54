"""Reads the tensors of a PyTorch checkpoint without PyTorch, and without running what a pickle may ask for."""

import collections
import pickle
import zipfile
from pathlib import Path

import numpy as np

_TYPES = {
    "FloatStorage": np.float32, "DoubleStorage": np.float64, "HalfStorage": np.float16,
    "LongStorage": np.int64, "IntStorage": np.int32,
}


class _Ignored:
    """Stands for any class that is no tensor: built, filled and forgotten."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def __setstate__(self, _: object) -> None: ...


class _Storage(str):
    """The name of a storage class, such as FloatStorage."""


class _Unpickler(pickle.Unpickler):
    def __init__(self, archive: zipfile.ZipFile, root: str) -> None:
        super().__init__(archive.open(f"{root}/data.pkl"))
        self._archive, self._root = archive, root

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return self._tensor
        return _Storage(name) if module == "torch" and name in _TYPES else _Ignored

    def persistent_load(self, reference: tuple) -> np.ndarray:
        _, kind, key, *_ = reference
        return np.frombuffer(self._archive.read(f"{self._root}/data/{key}"), _TYPES[kind])

    @staticmethod
    def _tensor(storage: np.ndarray, offset: int, size: tuple, stride: tuple, *_: object) -> np.ndarray:
        steps = [step * storage.itemsize for step in stride]
        return np.lib.stride_tricks.as_strided(storage[offset:], size, steps).copy()


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    """Returns the tensors of a checkpoint that torch.save wrote, by name; those under `state_dict` when there is one.

    Raises ValueError when the file is no such checkpoint.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            root = archive.namelist()[0].split("/")[0]
            content = _Unpickler(archive, root).load()
    except (zipfile.BadZipFile, pickle.UnpicklingError, KeyError, IndexError) as error:
        raise ValueError(f"{path.name}: not a PyTorch checkpoint: {error}") from error
    tensors = content.get("state_dict", content)
    return {name: value for name, value in tensors.items() if isinstance(value, np.ndarray)}
