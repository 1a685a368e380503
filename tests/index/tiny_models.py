"""Small models of several kinds, made on the spot: real transformers with random weights."""

import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import (
    Dense,
    Normalize,
    Pooling,
    Transformer,
)
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel, PreTrainedTokenizerFast

MAX_TOKENS = 96
DIMENSION = 48
_WORDS = """
the a of and to in is was with for hair cell cells stem skin scalp plasma blood platelet fat trial
study people week month dose cost clinic doctor risk pain need treat grow loss follicle injection
""".split()  # noqa: SIM905 (a table of words reads better)
_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_ENDINGS = [f"##{letter}" for letter in string.ascii_lowercase + string.digits]


def save_tiny_model(
    folder: Path,
    *,
    kind: str = "bert",
    pooling: str = "mean",
    seed: int = 0,
    spoil: Callable[[Any], None] | None = None,
    dense: bool = False,
    max_tokens: int = MAX_TOKENS,
) -> Path:
    """A sentence-transformers model of two layers in `folder`, which it gives back.

    `kind` is "bert" or "mpnet"; `spoil` may change the transformer before it is saved.
    """
    torch.manual_seed(seed)
    tokenizer = _tokenizer(kind)
    sizes = {
        "vocab_size": len(tokenizer),
        "hidden_size": DIMENSION,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 2 * DIMENSION,
        "max_position_embeddings": max_tokens + 8,
        "initializer_range": 0.2,
    }
    model = MPNetModel(MPNetConfig(**sizes)) if kind == "mpnet" else BertModel(BertConfig(**sizes))
    if spoil is not None:
        spoil(model)
    plain = folder.with_name(f"{folder.name}-transformer")
    model.save_pretrained(plain)
    tokenizer.save_pretrained(plain)
    transformer = Transformer(str(plain), max_seq_length=max_tokens)
    modules = [transformer, Pooling(DIMENSION, pooling_mode=pooling)]
    if dense:
        modules.append(Dense(DIMENSION, DIMENSION))
    SentenceTransformer(modules=[*modules, Normalize()], device="cpu").save(str(folder))
    return folder


def _tokenizer(kind: str) -> PreTrainedTokenizerFast:
    words = dict.fromkeys([*_SPECIAL, *string.printable.lower(), *_ENDINGS, *_WORDS])
    vocabulary = {word: number for number, word in enumerate(w for w in words if w.strip())}
    backend = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    backend.normalizer = BertNormalizer(lowercase=True)
    backend.pre_tokenizer = BertPreTokenizer()
    backend.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[(w, vocabulary[w]) for w in ("[CLS]", "[SEP]")],
    )
    names = ["input_ids", "attention_mask"]
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_input_names=names if kind == "mpnet" else [*names, "token_type_ids"],
    )
